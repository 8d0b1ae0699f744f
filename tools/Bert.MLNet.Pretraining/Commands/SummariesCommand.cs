using System.CommandLine;
using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>summaries</c>: compares extractive summaries with the first sentences, random ones and the best possible choice.</summary>
internal static class SummariesCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo?> datasets = new("--datasets") { Description = "The folder with scitldr, digitalgov_summaries and so on." };
        Option<FileInfo?> articles = new("--articles") { Description = "A .tsv file with the columns Title, the reference, and Text." };
        Option<DirectoryInfo[]> models = new("--model")
        {
            Description = "Checkpoints for sentence vectors, or from the trainer ExtractiveSummarization.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<float[]> thresholds = new("--threshold")
        {
            Description = "Also evaluate LexRank with these thresholds.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<float[]> positions = new("--position-weight")
        {
            Description = "Also evaluate these weights of standing near the start.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<float> diversity = new("--diversity")
        {
            Description = "The weight of being different from the sentences already picked.",
            DefaultValueFactory = _ => new BertExtractiveSummarizerEstimator.Options().Diversity,
        };
        Option<int> seed = CommandOptions.Seed();
        var command = new Command("summaries", "Evaluates extractive summaries by ROUGE, beside their baselines.")
        {
            datasets, articles, models, thresholds, positions, diversity, seed,
        };
        command.SetAction(arguments =>
        {
            BertModel[] checkpoints = [.. (arguments.GetValue(models) ?? []).Select(model => BertModel.FromPretrained(model.FullName))];
            SummaryEvaluation.PrintHeader();
            foreach (SummaryData data in SummaryData.Read(arguments.GetValue(articles)?.FullName, arguments.GetValue(datasets)?.FullName))
            {
                var evaluation = new SummaryEvaluation(data);
                evaluation.PrintBaselines(arguments.GetValue(seed));
                foreach (BertModel model in checkpoints)
                {
                    var options = new BertExtractiveSummarizerEstimator.Options
                    {
                        Model = model, NumberOfSentences = data.Sentences, Diversity = arguments.GetValue(diversity),
                    };
                    evaluation.Print(model.Name, options);
                    foreach (float threshold in arguments.GetValue(thresholds) ?? [])
                        evaluation.Print($"{model.Name}, threshold {threshold}", options with { SimilarityThreshold = threshold });
                    foreach (float weight in arguments.GetValue(positions) ?? [])
                        evaluation.Print($"{model.Name}, position {weight}", options with { PositionWeight = weight });
                }
            }
        });
        return command;
    }
}
