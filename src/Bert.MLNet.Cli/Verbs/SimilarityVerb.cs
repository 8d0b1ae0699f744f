using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>similarity</c>: how alike two texts are, by the cosine of their vectors.</summary>
internal static class SimilarityVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model(), output = CommonOptions.Output();
        var source = new LineSource();
        var command = new Command("similarity", "Says how alike text and pair are: similarity, the cosine of their vectors from -1 to 1.") { model, output };
        source.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation);
            var ml = new MLContext();
            using OutputFile file = OutputFile.Create(arguments.GetRequiredValue(output), streams);
            using var writer = new JsonLinesWriter(file.Stream);
            IEnumerable<(JsonLine, Similar)> pairs = LinePipeline.Run<JsonLine, TextInput, Similar>(ml, source.Read(arguments, streams, cancellation), TextInput.Of, texts =>
                ml.Transforms.Text.ApplyBertPairEmbedding("Features", nameof(TextInput.Text), nameof(TextInput.Pair), bert, cosineColumnName: nameof(Similar.Cosine)).Fit(texts));
            foreach ((JsonLine line, Similar row) in pairs)
                writer.Write(line, json => json.WriteNumber("similarity", row.Cosine));
            file.Commit();
            return ExitCode.Success;
        });
        return command;
    }

    private sealed class Similar
    {
        public float Cosine { get; set; }
    }
}
