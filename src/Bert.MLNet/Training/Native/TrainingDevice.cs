using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>The device that computes gradients, by torch's name for it.</summary>
internal static class TrainingDevice
{
    private const string Cpu = "cpu", Cuda = "cuda", CudaPrefix = "cuda:";

    /// <summary>Returns whether a name is a valid value of the option.</summary>
    public static bool IsName(string name) => name is Cpu or Cuda || TryIndex(name, out _);

    /// <summary>Opens the device. Returns null for the processor.</summary>
    /// <exception cref="InvalidOperationException">The device is not available; the message names the available ones.</exception>
    public static Device? Open(string name)
    {
        if (name == Cpu)
            return null;
        if (MissingReason(name, cuda.is_available() ? cuda.device_count() : 0) is { } reason)
            throw new InvalidOperationException(reason);
        return new Device(DeviceType.CUDA, TryIndex(name, out int index) ? index : 0);
    }

    /// <summary>
    /// Returns the reason why a device does not exist on a machine with <paramref name="count"/> CUDA devices, or null if it exists.
    /// </summary>
    public static string? MissingReason(string name, int count)
    {
        if (count == 0)
        {
            return $"{nameof(BertTrainingOptions.Device)} is '{name}', and libtorch finds no CUDA device. " +
                "CUDA requires an NVIDIA GPU with its driver, and libtorch for CUDA: " +
                $"reference the package TorchSharp-cuda-{(OperatingSystem.IsWindows() ? "windows" : "linux")} " +
                $"in place of the one for the CPU. Or set {nameof(BertTrainingOptions.Device)} to '{Cpu}'.";
        }
        return TryIndex(name, out int index) && index >= count
            ? $"{nameof(BertTrainingOptions.Device)} is '{name}', and there {(count == 1 ? "is" : "are")} " +
                $"{string.Join(", ", Enumerable.Range(0, count).Select(i => $"'{CudaPrefix}{i}'"))}. Name one of them, or '{Cpu}'."
            : null;
    }

    private static bool TryIndex(string name, out int index)
    {
        index = 0;
        return name.StartsWith(CudaPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
