using Microsoft.ML.Runtime;

namespace Bert.MLNet.Persistence;

/// <summary>The seed that a user gave to the MLContext.</summary>
internal static class ContextSeed
{
    /// <returns>The seed; null when the user gave none.</returns>
    public static int? Of(IHostEnvironment env) => (env as IHostEnvironmentInternal)?.Seed;
}
