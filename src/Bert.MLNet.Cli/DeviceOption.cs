using System.CommandLine;
using Bert.MLNet.Cli.Verbs;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.ML;

namespace Bert.MLNet.Cli;

/// <summary>The options for what computes a network: <c>--device</c> and <c>--fallback-to-cpu</c>.</summary>
internal sealed class DeviceOption
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "The device that computes the network: cpu, or an NVIDIA GPU as cuda or cuda:n, which requires ONNX Runtime for " +
            "CUDA.",
        DefaultValueFactory = _ => ComputeDevice.Processor.ToString(),
    };

    private readonly Option<bool> _fallback = new("--fallback-to-cpu")
    {
        Description = "Compute on the processor if the device is not available. Otherwise, that is an error.",
    };

    public DeviceOption() =>
        CommonOptions.Require(_device, name => name is not null && ComputeDevice.TryParse(name, out _), ComputeDevice.Names);

    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_fallback);
    }

    /// <summary>Gets the device.</summary>
    /// <exception cref="UsageException">This tool cannot use it.</exception>
    public ComputeDevice Of(ParseResult arguments)
    {
        (string name, bool fallback) = (arguments.GetRequiredValue(_device), arguments.GetValue(_fallback));
        return ComputeDevice.TryParse(name, out ComputeDevice? device) && device.Gpu is not null && !fallback && !EncoderDevice.HasCuda
            ? throw new UsageException(
                $"--device is '{name}', but this tool's ONNX Runtime computes on the processor only. Use --device cpu or " +
                "--fallback-to-cpu, or a program that references Microsoft.ML.OnnxRuntime.Gpu.")
            : EncoderDevice.Of(name, fallback);
    }

    /// <summary>Returns a checkpoint on the device.</summary>
    /// <exception cref="UsageException">This tool cannot use the device.</exception>
    public BertModel Place(ParseResult arguments, BertModel model) => model.On(Of(arguments));

    /// <summary>Creates a context that loads trained models to the device.</summary>
    /// <exception cref="UsageException">This tool cannot use the device.</exception>
    public MLContext CreateContext(ParseResult arguments) => new() { GpuDeviceId = Of(arguments).Gpu };
}
