using System.CommandLine;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>quantize</c>: a checkpoint to one in int8.</summary>
internal static class QuantizeVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var output = new Option<string>("--output", "-o") { Description = "The folder to write. It appears whole or not at all; a checkpoint that is there is replaced.", Required = true };
        var onnx = new Option<bool>("--onnx") { Description = "Write an ONNX graph, onnx/model_quantized.onnx, in place of weights." };
        var keep = new Option<string[]>("--modules-to-not-convert") { Description = "Modules that stay as they are, such as encoder.layer.0 or word_embeddings.", AllowMultipleArgumentsPerToken = true };
        var reduceRange = new Option<bool>("--reduce-range") { Description = "Use 7 bits for weights: for ONNX files that other programs open on x64 processors without VNNI." };
        var command = new Command("quantize", "Turns a checkpoint into int8: dense layers and token embeddings take a quarter of the room, and less time.") { model, output, onnx, keep, reduceRange };
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
            streams.Tell(arguments, $"'{quantized.Name}' in int8 is in '{folder}'.");
            return ExitCode.Success;
        });
        return command;
    }
}
