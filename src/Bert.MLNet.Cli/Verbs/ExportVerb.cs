using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Reports;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>export</c>: writes the checkpoint of a trained model in HuggingFace's format, with a model card.</summary>
internal static class ExportVerb
{
    /// <summary>The largest file of metrics that is read.</summary>
    private const long MostBytesOfMetrics = 64 << 20;

    public static Command Create(ToolStreams streams)
    {
        var model = new Option<string>("--model") { Description = "A NAME.zip that this tool trained.", Required = true };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder to write. An existing checkpoint is replaced.",
            Required = true,
        };
        var onnx = new Option<bool>("--onnx") { Description = "Also write onnx/model.onnx, for ONNX Runtime and transformers.js." };
        var half = new Option<bool>("--fp16")
        {
            Description = "Store the matrices of onnx/model.onnx in half precision, in half of the size. Requires --onnx.",
        };
        var command = new Command(
            "export", "Writes the checkpoint of a trained NAME.zip as a folder in HuggingFace's format, with a model card of its metrics " +
            "(NAME.metrics.json).") { model, output, onnx, half };
        command.Validators.Add(result =>
        {
            if (result.GetValue(half) && !result.GetValue(onnx))
                result.AddError("--fp16 requires --onnx.");
        });
        command.SetAction(arguments =>
        {
            (string path, string folder) = (arguments.GetRequiredValue(model), arguments.GetRequiredValue(output));
            Overwriting.Refuse(folder, path);
            ITransformer trained = ModelFile.Open(new MLContext(), path, out _);
            using var owner = trained as IDisposable;
            BertModel bert = CheckpointOf(trained, path);
            string name = Path.GetFileNameWithoutExtension(path), file = Path.ChangeExtension(path, ".metrics.json");
            JsonObject? metrics = Metrics(file);
            if (metrics is null)
                streams.Tell(arguments, $"'{file}' does not exist, so the model card has no metrics.");
            bert.SavePretrained(folder);
            if (arguments.GetValue(onnx))
            {
                Directory.CreateDirectory(Path.Combine(folder, "onnx"));
                bert.SaveOnnx(
                    Path.Combine(folder, "onnx", "model.onnx"),
                    arguments.GetValue(half) ? BertOnnxPrecision.Float16 : BertOnnxPrecision.Float32);
            }
            using (OutputFile card = OutputFile.Create(Path.Combine(folder, "README.md"), streams))
            {
                card.Stream.Write(Encoding.UTF8.GetBytes(ModelCard.Create(name, bert, metrics)));
                card.Commit();
            }
            streams.Tell(arguments, $"Wrote the checkpoint of '{path}' to '{folder}'.");
            return ExitCode.Success;
        });
        return command;
    }

    private static BertModel CheckpointOf(ITransformer trained, string path)
    {
        ITransformer[] steps = trained is IEnumerable<ITransformer> chain ? [.. chain] : [trained];
        if (steps.Any(step => step is ISingleFeaturePredictionTransformer<object>))
            throw new InvalidDataException(
                $"'{path}' is an ML.NET trainer on vectors or n-grams, for which HuggingFace has no format. Its checkpoint is unchanged. " +
                "Train with a method that changes the checkpoint, such as --method fine-tune, to export it.");
        return steps.OfType<BertTransformer>().ToArray() is [var step]
            ? step.Model
            : throw new InvalidDataException($"'{path}' has no trained checkpoint. Pass a NAME.zip that this tool trained.");
    }

    private static JsonObject? Metrics(string path)
    {
        if (!File.Exists(path))
            return null;
        if (new FileInfo(path).Length > MostBytesOfMetrics)
            throw new InvalidDataException($"'{path}' is larger than {MostBytesOfMetrics >> 20} MB, so it has no metrics of this tool.");
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject
                ?? throw new InvalidDataException($"'{path}' contains no JSON object. Train again to write it.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {error.Message} Train again to write it.", error);
        }
    }
}
