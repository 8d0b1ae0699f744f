using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>similarity</c>: compares the vectors of two texts.</summary>
internal static class SimilarityVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var device = new DeviceOption();
        Option<BertSimilarity?> similarity = CommonOptions.Similarity();
        var prompt = new PromptOption();
        var job = new LineJob();
        var command = new Command(
            "similarity", "Computes how similar text and pair are: similarity, the cosine of their vectors from -1 to 1, or the function " +
            "of the checkpoint.") { model, similarity };
        prompt.AddTo(command);
        job.AddTo(command);
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel bert = device.Place(arguments, await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation));
            var ml = new MLContext();
            var options = new BertPairEmbeddingEstimator.Options
            {
                InputColumnName = nameof(TextInput.Text),
                PairColumnName = nameof(TextInput.Pair),
                SimilarityColumnName = nameof(Similar.Similarity),
                Similarity = arguments.GetValue(similarity),
                Prompt = prompt.Of(arguments, bert),
            };
            using var pipeline = new LinePipeline<TextInput, Similar>(
                ml, texts => ml.Transforms.Text.ApplyBertPairEmbedding(options with { Model = bert }).Fit(texts));
            return job.Run(arguments, streams, () => bert.ContentHash, lines =>
                pipeline.Run(lines, TextInput.Of)
                    .Select(row => new Answer(row.Line, json => json.WriteNumber("similarity", row.Row.Similarity))), cancellation,
                needsPair: true);
        });
        return command;
    }

    private sealed class Similar
    {
        public float Similarity { get; set; }
    }
}
