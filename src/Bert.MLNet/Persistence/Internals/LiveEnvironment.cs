using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Persistence;

/// <summary>An environment for what outlives a cancelled operation.</summary>
internal static class LiveEnvironment
{
    /// <summary>The environment itself; a new one in place of one that was cancelled, in which nothing that is registered works again.</summary>
    public static IHostEnvironment Of(IHostEnvironment env) => env is ICancelable { IsCanceled: true } ? new MLContext(ContextSeed.Of(env)) : env;
}
