using System.Globalization;
using Microsoft.ML;

namespace Bert.MLNet.Server.Models;

/// <summary>The device that computes the models.</summary>
/// <param name="Name">Its name; null for the processor.</param>
/// <param name="FallbackToCpu">Whether the processor computes if it is not available.</param>
internal sealed record ServedDevice(string? Name, bool FallbackToCpu)
{
    private const string Cpu = "cpu", Cuda = "cuda", Prefix = "cuda:";

    /// <summary>Whether a text is the name of a device.</summary>
    public static bool IsName(string name) => name is Cpu or Cuda || GpuOf(name) is not null;

    /// <summary>Sets the device of options of a step.</summary>
    public TOptions Apply<TOptions>(TOptions options)
        where TOptions : BertStepOptions => (TOptions)((BertStepOptions)options with { Device = Name, FallbackToCpu = FallbackToCpu });

    /// <summary>Creates a context that loads steps to the device.</summary>
    public MLContext CreateContext() => new()
    {
        GpuDeviceId = Name == Cuda ? 0 : Name is null ? null : GpuOf(Name),
        FallbackToCpu = FallbackToCpu,
    };

    private static int? GpuOf(string name) => name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int gpu) ? gpu : null;
}
