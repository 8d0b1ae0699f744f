using System.Globalization;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Persistence;

/// <summary>Gets the device of an MLContext.</summary>
internal static class ContextDevice
{
    /// <returns>
    /// The name of the GPU, or null if the user specified none, and whether the processor computes if the GPU is not available.
    /// </returns>
    public static (string? Name, bool FallbackToCpu) Of(IHostEnvironment env) =>
        env is IHostEnvironmentInternal { GpuDeviceId: { } id } context
            ? ("cuda:" + id.ToString(CultureInfo.InvariantCulture), context.FallbackToCpu)
            : (null, false);
}
