using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Persistence;

/// <summary>Gets an environment for objects that outlive a canceled operation.</summary>
internal static class LiveEnvironment
{
    /// <summary>
    /// Returns the environment, or a new one if it was canceled, because nothing registered in a canceled one works again.
    /// </summary>
    public static IHostEnvironment Of(IHostEnvironment env) =>
        env is ICancelable { IsCanceled: true } ? new MLContext(ContextSeed.Of(env)) : env;
}
