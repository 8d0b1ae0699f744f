using System.CommandLine;
using Bert.MLNet.Cli.Verbs;
using Bert.MLNet.Models;

namespace Bert.MLNet.Cli.Training;

/// <summary>The options for how a training computes.</summary>
internal sealed class ComputeOptions
{
    private readonly Option<BertPrecision> _precision = CommonOptions.Choice(
        "--precision", "The type of matrix products; bfloat16 is faster on some processors", BertPrecision.Full,
        ("full", BertPrecision.Full), ("bfloat16", BertPrecision.BFloat16));

    private readonly Option<string> _device = new("--device")
    {
        Description = "The device that computes: cpu, or an NVIDIA GPU as cuda or cuda:n, which requires libtorch for CUDA.",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<double> _warmUp = new("--warm-up")
    {
        Description = "The share of the training in which the learning rate rises to its maximum.",
        DefaultValueFactory = _ => 0.1,
    };

    public ComputeOptions()
    {
        CommonOptions.Require(_device, name => name is not null && ComputeDevice.TryParse(name, out _), ComputeDevice.Names);
        CommonOptions.Require(_warmUp, value => value is >= 0 and < 1, "at least 0 and less than 1");
    }

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_precision, _device, _warmUp];

    /// <summary>Sets the options of a trainer.</summary>
    public TOptions Apply<TOptions>(ParseResult arguments, TOptions options)
        where TOptions : BertTrainingOptions => (TOptions)((BertTrainingOptions)options with
        {
            Precision = arguments.GetValue(_precision),
            Device = arguments.GetRequiredValue(_device),
            WarmupRatio = arguments.GetValue(_warmUp),
        });
}
