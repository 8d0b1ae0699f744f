using System.Collections.Concurrent;
using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>embed</c>: texts to vectors, as <c>ApplyBertEmbedding</c> makes them.</summary>
internal static class EmbedVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model(), dataset = CommonOptions.Dataset(), output = CommonOptions.Output();
        Option<int?> maxLength = CommonOptions.MaxLength();
        var pooling = new Option<BertPooling?>("--pooling") { Description = "How hidden states become one vector. Default: as the checkpoint says, else Mean." };
        var normalize = new Option<bool?>("--normalize") { Description = "Whether vectors have length 1. Default: as the checkpoint says, else false." };
        var prompt = new Option<string?>("--prompt") { Description = "A text put before each input. Default: the checkpoint's, if it has one." };
        var command = new Command("embed", "Turns JSON lines of texts into vectors: embedding, and pair_embedding for a line with a pair.")
        {
            model, dataset, output, maxLength, pooling, normalize, prompt,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation);
            var options = new BertEmbeddingEstimator.Options
            {
                OutputColumnName = nameof(Embedded.Embedding),
                InputColumnName = nameof(Input.Text),
                MaxLength = arguments.GetValue(maxLength),
                Pooling = arguments.GetValue(pooling),
                Normalize = arguments.GetValue(normalize),
                Prompt = arguments.GetValue(prompt),
            };
            using OutputFile file = OutputFile.Create(arguments.GetRequiredValue(output), streams);
            Embed(bert, options, JsonLinesReader.Read(arguments.GetRequiredValue(dataset), streams, cancellation), file.Stream);
            file.Commit();
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Lets the lines flow through an ML.NET pipeline, which reads a window ahead and keeps the order.</summary>
    private static void Embed(BertModel bert, BertEmbeddingEstimator.Options options, IEnumerable<JsonLine> lines, Stream output)
    {
        var ml = new MLContext();
        var waiting = new ConcurrentQueue<JsonLine>();
        IDataView texts = ml.Data.LoadFromEnumerable(Texts(lines, waiting));
        using BertEmbeddingTransformer transformer = ml.Transforms.Text.ApplyBertEmbedding(bert, options).Fit(texts);
        using IEnumerator<Embedded> vectors = ml.Data.CreateEnumerable<Embedded>(transformer.Transform(texts), reuseRowObject: false).GetEnumerator();
        using var writer = new JsonLinesWriter(output);
        while (vectors.MoveNext())
        {
            waiting.TryDequeue(out JsonLine? line);
            writer.Write(line!, json =>
            {
                json.WriteFloats("embedding", vectors.Current.Embedding, vectors.Current.Embedding.Length);
                if (line!.Has("pair") && vectors.MoveNext())
                    json.WriteFloats("pair_embedding", vectors.Current.Embedding, vectors.Current.Embedding.Length);
            });
        }
    }

    /// <summary>The texts of each line, one or two rows; the lines wait for their vectors.</summary>
    private static IEnumerable<Input> Texts(IEnumerable<JsonLine> lines, ConcurrentQueue<JsonLine> waiting)
    {
        foreach (JsonLine line in lines)
        {
            (string? text, string? pair) = (line.Text("text"), line.Text("pair"));
            waiting.Enqueue(line);
            yield return new Input { Text = text ?? "" };
            if (pair is not null)
                yield return new Input { Text = pair };
        }
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Embedded
    {
        public float[] Embedding { get; set; } = [];
    }
}
