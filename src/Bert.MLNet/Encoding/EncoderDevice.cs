using System.Collections.Concurrent;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>The devices of ONNX Runtime: the processor, and GPUs by its CUDA provider.</summary>
internal static class EncoderDevice
{
    private const string CudaProvider = "CUDAExecutionProvider";

    private static readonly ConcurrentDictionary<ComputeDevice, string> Reasons = [];

    /// <summary>Whether the application's ONNX Runtime has the CUDA provider.</summary>
    public static bool HasCuda => OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider);

    /// <summary>Gets the device of options.</summary>
    /// <param name="name">The name of the device.</param>
    /// <param name="fallbackToCpu">Whether the processor computes if the device is not available.</param>
    /// <exception cref="ArgumentOutOfRangeException">The name is not that of a device.</exception>
    /// <exception cref="InvalidOperationException">The device is not available.</exception>
    public static ComputeDevice Of(string name, bool fallbackToCpu)
    {
        if (!ComputeDevice.TryParse(name, out ComputeDevice? device))
            throw Invalid(nameof(BertStepOptions.Device), name);
        string reason = device.Gpu is null ? "" : Reasons.GetOrAdd(device, MissingReason);
        if (reason.Length == 0)
            return device;
        return fallbackToCpu ? ComputeDevice.Processor : throw new InvalidOperationException(
            $"{reason} Or set {nameof(BertStepOptions.Device)} to 'cpu', or {nameof(BertStepOptions.FallbackToCpu)} to true.");
    }

    /// <summary>Creates the options of a session that computes on a device.</summary>
    public static SessionOptions CreateOptions(ComputeDevice device)
    {
        SessionOptions options = OnnxEncoder.CreateOptions();
        try
        {
            if (device.Gpu is { } index)
                options.AppendExecutionProvider_CUDA(index);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Returns options of batches with the defaults for a device in place of nulls. A GPU computes thousands of tokens at the same time,
    /// while another thread prepares the next batch.
    /// </summary>
    public static BertBatchOptions Fill(BertBatchOptions options, ComputeDevice device) => device.Gpu is null
        ? options
        : options with { TokenBudget = options.TokenBudget ?? 16_384, NumberOfThreads = options.NumberOfThreads ?? 2 };

    private static ArgumentOutOfRangeException Invalid(string option, string name) =>
        new(option, $"{option} is '{name}'; it must be {ComputeDevice.Names}.");

    private static string MissingReason(ComputeDevice device)
    {
        string option = $"{nameof(BertStepOptions.Device)} is '{device}', ";
        if (!HasCuda)
        {
            return $"{option}but this application's ONNX Runtime computes on the processor only. Reference the package " +
                $"Microsoft.ML.OnnxRuntime.Gpu.{(OperatingSystem.IsWindows() ? "Windows" : "Linux")} in the version of " +
                "Microsoft.ML.OnnxRuntime.";
        }
        try
        {
            CreateOptions(device).Dispose();
            return "";
        }
        catch (OnnxRuntimeException e)
        {
            return $"{option}which ONNX Runtime cannot use: {e.Message} CUDA requires an NVIDIA GPU with its driver, CUDA 12 and cuDNN 9.";
        }
    }
}
