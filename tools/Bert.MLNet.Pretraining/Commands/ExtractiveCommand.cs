using System.CommandLine;
using Bert.MLNet.Pretraining.Evaluation;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>extractive</c>: trains checkpoints to pick sentences, and compares them with those that were not trained.</summary>
internal static class ExtractiveCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> datasets = CommandOptions.Datasets();
        Option<string[]> sets = new("--set")
        {
            Description = "The data sets, each of which trains a model: scitldr, sumpubmed_conclusions or digitalgov_summaries.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["scitldr", "sumpubmed_conclusions", "digitalgov_summaries"],
        };
        Option<DirectoryInfo?> model = new("--model") { Description = "The checkpoint to train. Default: the included model." };
        Option<int?> epochs = new("--epochs") { Description = "The maximum number of epochs. Default: the trainer's own." };
        Option<double?> rate = new("--learning-rate") { Description = "The learning rate. Default: the trainer's own." };
        Option<int> seed = CommandOptions.Seed();
        var command = new Command(
            "extractive", "Trains a checkpoint to pick sentences for each data set, and prints ROUGE of the validation rows. A tenth of " +
            "the training rows chooses the epoch.")
        {
            datasets, sets, model, epochs, rate, seed,
        };
        command.SetAction(arguments =>
        {
            string folder = arguments.GetRequiredValue(datasets).FullName;
            BertModel start = arguments.GetValue(model) is { } given ? BertModel.FromPretrained(given.FullName) : BertModel.Default;
            SummaryEvaluation.PrintHeader();
            foreach (string set in arguments.GetRequiredValue(sets))
            {
                SummaryData data = SummaryData.Read(articles: null, folder).First(data => data.Name == set);
                var evaluation = new SummaryEvaluation(data);
                evaluation.PrintBaselines(arguments.GetValue(seed));
                var untrained = new BertExtractiveSummarizerEstimator.Options { Model = start, NumberOfSentences = data.Sentences };
                evaluation.Print(start.Name, untrained);
                var options = new ExtractiveSummarizationTrainer.Options
                {
                    Model = start, NumberOfSentences = data.Sentences, ValidationFraction = 0.1,
                    MaxEpochs = arguments.GetValue(epochs), LearningRate = arguments.GetValue(rate), Seed = arguments.GetValue(seed),
                };
                var ml = new MLContext(arguments.GetValue(seed));
                using BertExtractiveSummarizerTransformer trained = ml.Ranking.Trainers.ExtractiveSummarization(options)
                    .Fit(ml.Data.LoadFromEnumerable(SummaryData.ReadTraining(set, folder)
                        .Select(row => new Summarized { Text = row.Text, Target = row.References })));
                evaluation.Print($"{start.Name}, trained", untrained with { Model = trained.Model });
            }
        });
        return command;
    }

    private sealed class Summarized
    {
        public string Text { get; set; } = "";

        public string[] Target { get; set; } = [];
    }
}
