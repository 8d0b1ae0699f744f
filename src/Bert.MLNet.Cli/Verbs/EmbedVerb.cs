using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>embed</c>: texts to vectors, as <c>ApplyBertEmbedding</c> makes them.</summary>
internal static class EmbedVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model(), output = CommonOptions.Output();
        var source = new LineSource();
        Option<int?> maxLength = CommonOptions.MaxLength();
        var pooling = new Option<BertPooling?>("--pooling") { Description = "How hidden states become one vector. Default: as the checkpoint says, else Mean." };
        var normalize = new Option<bool?>("--normalize") { Description = "Whether vectors have length 1. Default: as the checkpoint says, else false." };
        var prompt = new Option<string?>("--prompt") { Description = "A text put before each input. Default: the checkpoint's, if it has one." };
        var command = new Command("embed", "Turns texts into vectors: embedding, and pair_embedding for a line with a pair.") { model, output, maxLength, pooling, normalize, prompt };
        source.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation);
            var options = new BertEmbeddingEstimator.Options
            {
                OutputColumnName = nameof(Embedded.Embedding),
                MaxLength = arguments.GetValue(maxLength),
                Pooling = arguments.GetValue(pooling),
                Normalize = arguments.GetValue(normalize),
                Prompt = arguments.GetValue(prompt),
            };
            using OutputFile file = OutputFile.Create(arguments.GetRequiredValue(output), streams);
            using var writer = new JsonLinesWriter(file.Stream);
            using IEnumerator<(JsonLine Line, Embedded Row)> vectors = Embed(bert, options, source.Read(arguments, streams, cancellation)).GetEnumerator();
            while (vectors.MoveNext())
            {
                JsonLine line = vectors.Current.Line;
                writer.Write(line, json =>
                {
                    json.WriteFloats("embedding", vectors.Current.Row.Embedding, vectors.Current.Row.Embedding.Length);
                    if (line.Has("pair") && vectors.MoveNext())
                        json.WriteFloats("pair_embedding", vectors.Current.Row.Embedding, vectors.Current.Row.Embedding.Length);
                });
            }
            file.Commit();
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The vectors of each line: that of its text, and where there is a pair that of the pair.</summary>
    public static IEnumerable<(JsonLine Line, Embedded Row)> Embed(BertModel bert, BertEmbeddingEstimator.Options options, IEnumerable<JsonLine> lines)
    {
        var ml = new MLContext();
        options.InputColumnName = nameof(TextInput.Text);
        return LinePipeline.Run<JsonLine, TextInput, Embedded>(ml, lines, Texts, texts => ml.Transforms.Text.ApplyBertEmbedding(bert, options).Fit(texts));
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
