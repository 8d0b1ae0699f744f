using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>What computes gradients, by torch's name for it.</summary>
internal static class TrainingDevice
{
    private const string Cpu = "cpu", Cuda = "cuda", CudaPrefix = "cuda:";

    /// <summary>Whether the option of that name can be this.</summary>
    public static bool IsName(string name) => name is Cpu or Cuda || TryIndex(name, out _);

    /// <summary>The device; null for the processor.</summary>
    /// <exception cref="InvalidOperationException">It is not there; the message says what is.</exception>
    public static Device? Open(string name)
    {
        if (name == Cpu)
            return null;
        if (MissingReason(name, cuda.is_available() ? cuda.device_count() : 0) is { } reason)
            throw new InvalidOperationException(reason);
        return new Device(DeviceType.CUDA, TryIndex(name, out int index) ? index : 0);
    }

    /// <summary>Why there is no such device on a machine with so many of CUDA; null when there is.</summary>
    public static string? MissingReason(string name, int count)
    {
        if (count == 0)
        {
            return $"{nameof(BertTrainingOptions.Device)} is '{name}', and libtorch finds no CUDA device. It takes an NVIDIA GPU with its driver, and libtorch for CUDA: " +
                $"reference the package TorchSharp-cuda-{(OperatingSystem.IsWindows() ? "windows" : "linux")} in place of the one for the CPU. Or set {nameof(BertTrainingOptions.Device)} to '{Cpu}'.";
        }
        return TryIndex(name, out int index) && index >= count
            ? $"{nameof(BertTrainingOptions.Device)} is '{name}', and there {(count == 1 ? "is" : "are")} {string.Join(", ", Enumerable.Range(0, count).Select(i => $"'{CudaPrefix}{i}'"))}. Name one of them, or '{Cpu}'."
            : null;
    }

    private static bool TryIndex(string name, out int index)
    {
        index = 0;
        return name.StartsWith(CudaPrefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
