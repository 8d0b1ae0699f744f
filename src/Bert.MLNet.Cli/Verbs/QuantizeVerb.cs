using System.CommandLine;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>quantize</c>: converts a checkpoint to int8.</summary>
internal static class QuantizeVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder to write. It is written atomically; an existing checkpoint is replaced.",
            Required = true,
        };
        var onnx = new Option<bool>("--onnx") { Description = "Write an ONNX graph, onnx/model_quantized.onnx, instead of weights." };
        var keep = new Option<string[]>("--modules-to-not-convert")
        {
            Description = "Modules to leave as they are, such as encoder.layer.0 or word_embeddings.",
            AllowMultipleArgumentsPerToken = true,
        };
        var reduceRange = new Option<bool>("--reduce-range")
        {
            Description = "Use 7 bits for weights, for ONNX files that other programs open on x64 processors without VNNI.",
        };
        var command = new Command(
            "quantize", "Converts a checkpoint to int8: dense layers and token embeddings need a quarter of the space, and less " +
            "time.") { model, output, onnx, keep, reduceRange };
        command.SetAction(async (arguments, cancellation) =>
        {
            string folder = arguments.GetRequiredValue(output);
            Overwriting.Refuse(folder, arguments.GetRequiredValue(model));
            var options = new BertQuantizationOptions
            {
                ModulesToNotConvert = arguments.GetValue(keep) ?? [],
                ReduceRange = arguments.GetValue(reduceRange),
            };
            BertModel quantized = await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), options, cancellation);
            if (arguments.GetValue(onnx))
                quantized.SavePretrainedOnnx(folder);
            else
                quantized.SavePretrained(folder);
            streams.Tell(arguments, $"Wrote '{quantized.Name}' in int8 to '{folder}'.");
            return ExitCode.Success;
        });
        return command;
    }
}
