using Microsoft.ML.Runtime;

namespace Bert.MLNet.Persistence;

/// <summary>Gets the seed of an MLContext.</summary>
internal static class ContextSeed
{
    /// <returns>The seed, or null if the user specified none.</returns>
    public static int? Of(IHostEnvironment env) => (env as IHostEnvironmentInternal)?.Seed;
}
