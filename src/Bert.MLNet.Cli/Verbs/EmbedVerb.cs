using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>embed</c>: converts texts to the vectors of <c>ApplyBertEmbedding</c>.</summary>
internal static class EmbedVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        var job = new LineJob();
        Option<int?> maxLength = CommonOptions.MaxLength();
        var pooling = new Option<BertPooling?>("--pooling")
        {
            Description = "How hidden states are combined into one vector. Default: the checkpoint's pooling, or Mean if it has none.",
        };
        var normalize = new Option<bool?>("--normalize")
        {
            Description = "Whether to scale vectors to length 1. Default: the checkpoint's setting, or false if it has none.",
        };
        var dimension = new Option<int?>("--truncate-dim")
        {
            Description = "The number of values to keep of each vector. Default: the checkpoint's setting, or all if it has none.",
        };
        var prompt = new PromptOption();
        var command = new Command("embed", "Converts texts to vectors: embedding, and pair_embedding for a line with a pair.")
        {
            model,
            maxLength,
            pooling,
            normalize,
            dimension,
        };
        prompt.AddTo(command);
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            var options = new BertEmbeddingEstimator.Options
            {
                OutputColumnName = nameof(Embedded.Embedding),
                InputColumnName = nameof(TextInput.Text),
                MaxLength = arguments.GetValue(maxLength),
                Pooling = arguments.GetValue(pooling),
                Normalize = arguments.GetValue(normalize),
                TruncateDimension = arguments.GetValue(dimension),
                Prompt = prompt.Of(arguments, bert),
            };
            var ml = new MLContext();
            using var pipeline = new LinePipeline<TextInput, Embedded>(
                ml, texts => ml.Transforms.Text.ApplyBertEmbedding(options with { Model = bert }).Fit(texts));
            return job.Run(arguments, streams, () => bert.ContentHash, lines => Embed(pipeline, lines), cancellation);
        });
        return command;
    }

    private static IEnumerable<Answer> Embed(LinePipeline<TextInput, Embedded> pipeline, IReadOnlyList<JsonLine> lines)
    {
        using IEnumerator<(JsonLine Line, Embedded Row)> vectors = pipeline.Run(lines, Texts).GetEnumerator();
        while (vectors.MoveNext())
        {
            (JsonLine line, Embedded text) = vectors.Current;
            Embedded? pair = line.Has("pair") && vectors.MoveNext() ? vectors.Current.Row : null;
            yield return new Answer(line, json =>
            {
                json.WriteFloats("embedding", text.Embedding, text.Embedding.Length);
                if (pair is not null)
                    json.WriteFloats("pair_embedding", pair.Embedding, pair.Embedding.Length);
            });
        }
    }

    private static TextInput[] Texts(JsonLine line)
    {
        var text = new TextInput { Text = line.Text("text") ?? "" };
        return line.Text("pair") is { } pair ? [text, new TextInput { Text = pair }] : [text];
    }

    internal sealed class Embedded
    {
        public float[] Embedding { get; set; } = [];
    }
}
