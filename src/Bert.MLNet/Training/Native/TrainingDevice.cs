using Bert.MLNet.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>The device that computes gradients, by torch's name for it.</summary>
internal static class TrainingDevice
{
    /// <summary>Opens the device. Returns null for the processor.</summary>
    /// <exception cref="InvalidOperationException">The device is not available; the message names the available ones.</exception>
    public static Device? Open(string name)
    {
        if (!ComputeDevice.TryParse(name, out ComputeDevice? device) || device.Gpu is not { } index)
            return null;
        if (MissingReason(name, index, cuda.is_available() ? cuda.device_count() : 0) is { } reason)
            throw new InvalidOperationException(reason);
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>
    /// Returns the reason why a GPU does not exist on a machine with <paramref name="count"/> CUDA devices, or null if it exists.
    /// </summary>
    public static string? MissingReason(string name, int index, int count)
    {
        if (count == 0)
        {
            return $"{nameof(BertTrainingOptions.Device)} is '{name}', and libtorch finds no CUDA device. " +
                "CUDA requires an NVIDIA GPU with its driver, and libtorch for CUDA: " +
                $"reference the package TorchSharp-cuda-{(OperatingSystem.IsWindows() ? "windows" : "linux")} " +
                $"in place of the one for the CPU. Or set {nameof(BertTrainingOptions.Device)} to '{ComputeDevice.Processor}'.";
        }
        return index >= count
            ? $"{nameof(BertTrainingOptions.Device)} is '{name}', and there {(count == 1 ? "is" : "are")} " +
                $"{string.Join(", ", Enumerable.Range(0, count).Select(i => $"'{new ComputeDevice(i)}'"))}. Name one of them, or " +
                $"'{ComputeDevice.Processor}'."
            : null;
    }
}
