using System.CommandLine;
using Bert.MLNet.Pretraining.Evaluation;
using Bert.MLNet.Pretraining.Translation;
using Microsoft.ML;
using static Bert.MLNet.Pretraining.Commands.WriterOptions;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>abstractive</c>: trains models that write summaries, and compares them with sentences of the texts.</summary>
internal static class AbstractiveCommand
{
    private enum DecoderStart
    {
        Checkpoint,
        Shared,
        Random,
    }

    public static Command Create()
    {
        Option<DirectoryInfo> datasets = CommandOptions.Datasets();
        Option<string[]> sets = new("--set")
        {
            Description = "The data sets, each of which trains a model: scitldr, sumpubmed_conclusions or digitalgov_summaries.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["scitldr", "sumpubmed_conclusions"],
        };
        Option<DirectoryInfo?> model = new("--model")
        {
            Description = "A model folder for the encoder, which also picks sentences for comparison. Default: the included model.",
        };
        Option<DecoderStart> decoder = Value(
            "--decoder", "The decoder's initial weights: those of the encoder, or shared with it, or random.", DecoderStart.Checkpoint);
        Option<int?> layers = new("--decoder-layers") { Description = "Layers of a random decoder. Default: as many as the encoder." };
        Option<int?> rows = new("--rows") { Description = "The number of training rows of a data set. Default: all." };
        Option<int?> validationRows = new("--validation-rows") { Description = "The number of validation rows. Default: all." };
        Option<int> shown = Value("--show", "The number of summaries to print.", 3);
        Option<string> output = CommandOptions.Output("The folder in which a model folder is written for each data set.");
        var training = new WriterOptions(
            epochs: 12, learningRate: 5e-4, dropout: 0.1, BertTextMetric.RougeL, maxLength: 128, noRepeatNgramSize: 3);
        var command = new Command(
            "abstractive", "Trains a model that writes summaries for each data set, saves it, and prints ROUGE of the validation rows, " +
            "beside sentences of the texts. Ctrl-C saves the best epoch so far.")
        {
            datasets, sets, model, decoder, layers, rows, validationRows, shown, output,
        };
        training.AddTo(command);
        command.SetAction((arguments, cancellation) =>
        {
            string folder = arguments.GetRequiredValue(datasets).FullName;
            BertModel encoder = arguments.GetValue(model) is { } given ? BertModel.FromPretrained(given.FullName) : BertModel.Default;
            foreach (string set in arguments.GetRequiredValue(sets))
            {
                SummaryData data = SummaryData.Read(articles: null, folder).FirstOrDefault(data => data.Name == set)
                    ?? throw new FileNotFoundException($"'{folder}' has no data set '{set}' with validation rows.");
                data = data with { Rows = [.. data.Rows.Take(arguments.GetValue(validationRows) ?? int.MaxValue)] };
                TranslatedRow[] train =
                [
                    .. SummaryData.ReadTraining(set, folder).Take(arguments.GetValue(rows) ?? int.MaxValue)
                        .SelectMany(row => row.References.Select(reference => Pair(row.Text, reference))),
                ];
                TranslatedRow[] val = [.. data.Rows.Select(row => Pair(row.Text, row.References[0]))];
                BertModel start = encoder.WithDecoder(new BertDecoderOptions
                {
                    Checkpoint = arguments.GetValue(decoder) == DecoderStart.Checkpoint ? encoder : null,
                    SharesEncoder = arguments.GetValue(decoder) == DecoderStart.Shared,
                    NumHiddenLayers = arguments.GetValue(layers),
                    Generation = training.Generation(arguments),
                    Seed = training.Seed(arguments),
                });
                var writer = new Translator(new MLContext(training.Seed(arguments)), Console.Out);
                using CancellationTokenSource limit = training.Limit(arguments, cancellation);
                string checkpoints = Path.Combine(training.Checkpoints(arguments), set);
                string saved = Path.Combine(arguments.GetRequiredValue(output), set);
                writer.Train(training.Training(arguments, start, checkpoints, limit.Token), train, val).SavePretrained(saved);
                Compare(data, encoder, BertModel.FromPretrained(saved), writer, val, arguments.GetValue(shown), training.Seed(arguments));
            }
            return Task.CompletedTask;
        });
        return command;
    }

    private static void Compare(
        SummaryData data, BertModel encoder, BertModel trained, Translator writer, TranslatedRow[] rows, int shown, int seed)
    {
        WrittenTranslation[] written = [];
        var evaluation = new SummaryEvaluation(data);
        SummaryEvaluation.PrintHeader();
        evaluation.PrintBaselines(seed);
        evaluation.Print(
            $"{encoder.Name}, extractive",
            new BertExtractiveSummarizerEstimator.Options { Model = encoder, NumberOfSentences = data.Sentences });
        evaluation.Print($"{encoder.Name}, abstractive", () =>
        {
            written = writer.Translate(trained, rows);
            return Array.ConvertAll(written, row => row.PredictedText);
        });
        foreach (WrittenTranslation row in written.Take(shown))
            Console.WriteLine($"  {row.Source}\n  = {row.PredictedText}\n  ({row.Target})");
    }

    private static TranslatedRow Pair(string text, string reference) => new() { Source = text, Target = reference };
}
