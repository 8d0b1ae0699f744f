using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>similarity</c>: how alike two texts are, by the cosine of their vectors.</summary>
internal static class SimilarityVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var job = new LineJob();
        var command = new Command("similarity", "Says how alike text and pair are: similarity, the cosine of their vectors from -1 to 1.") { model };
        job.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation);
            var ml = new MLContext();
            using var pipeline = new LinePipeline<TextInput, Similar>(ml, texts =>
                ml.Transforms.Text.ApplyBertPairEmbedding("Features", nameof(TextInput.Text), nameof(TextInput.Pair), bert, cosineColumnName: nameof(Similar.Cosine)).Fit(texts));
            return job.Run(arguments, streams, arguments.GetRequiredValue(model), lines =>
                pipeline.Run(lines, TextInput.Of).Select(row => new Answer(row.Line, json => json.WriteNumber("similarity", row.Row.Cosine))), cancellation);
        });
        return command;
    }

    private sealed class Similar
    {
        public float Cosine { get; set; }
    }
}
