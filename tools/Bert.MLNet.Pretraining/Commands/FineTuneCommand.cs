using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>fine-tune</c>: evaluates the library's trainers with a checkpoint and with baselines.</summary>
internal static class FineTuneCommand
{
    public static Command Create()
    {
        Option<string> task = new("--task") { Description = "The data set.", Required = true };
        task.AcceptOnlyFromAmong(FineTuningTask.Names);
        Option<DirectoryInfo> datasets = CommandOptions.Datasets();
        Option<DirectoryInfo> model =
            new Option<DirectoryInfo>("--model") { Description = "A model folder.", Required = true }.AcceptExistingOnly();
        Option<string> start = new("--start")
        {
            Description = "The part of the model to use: everything (checkpoint), the token embeddings (embeddings), its shape (random), " +
                "or nothing (ngrams).",
            DefaultValueFactory = _ => "checkpoint",
        };
        start.AcceptOnlyFromAmong("checkpoint", "embeddings", "random", "ngrams");
        Option<int?> rows = new("--rows") { Description = "The number of training rows, in five random draws. Default: all." };
        Option<int?> rowsPerLabel = new("--rows-per-label")
        {
            Description = "For sst2, trec, clinc150 and snli: the number of training rows of each label, in five random draws.",
        };
        Option<ClassifierMethod> method = new("--method")
        {
            Description = "For trec, clinc150 and snli, and with --rows-per-label: train the whole checkpoint (FineTune), from pairs of " +
                "rows and with a " +
                "head (FewShot), or ML.NET's LBFGS on vectors (Embed).",
        };
        Option<int?> pairs = new("--pairs") { Description = "The number of pairs of FewShot. Default: the trainers' own." };
        Option<BertFewShotHead> head = new("--head") { Description = "The head of FewShot." };
        Option<int> splits = new("--splits")
        {
            Description = "The maximum number of random splits or draws to average over.",
            DefaultValueFactory = _ => 5,
        };
        Option<int?> epochs = new("--epochs") { Description = "The number of epochs. Default: the trainers' own." };
        Option<int> batch = new("--batch-size") { DefaultValueFactory = _ => 32 };
        Option<double?> rate = new("--learning-rate") { Description = "The learning rate. Default: the trainers' own." };
        Option<double?> dropout = new("--dropout") { Description = "The dropout probability. Default: the checkpoint's." };
        Option<double> decay = new("--layerwise-decay")
        {
            Description = "The factor of the learning rate from each layer to the one below.",
            DefaultValueFactory = _ => 1,
        };
        Option<BertPrecision> precision = new("--precision") { Description = "The data type of matrix products." };
        Option<bool> biEncoder = new("--bi-encoder") { Description = "For similarity: a separate vector for each text." };
        Option<bool> int8 = new("--int8") { Description = "For sst2, yelp and mrpc: also test the trained classifier in int8." };
        Option<string> device = CommandOptions.Device();
        Option<int> seed = CommandOptions.Seed();
        Option<bool> verbose = new("--verbose") { Description = "Show progress." };
        var command = new Command("fine-tune", "Fine-tunes on a data set and evaluates on its test rows.")
        {
            task,
            datasets,
            model,
            start,
            rows,
            rowsPerLabel,
            method,
            pairs,
            head,
            splits,
            epochs,
            batch,
            rate,
            dropout,
            decay,
            precision,
            biEncoder,
            int8,
            device,
            seed,
            verbose,
        };
        command.SetAction(arguments =>
        {
            BertModel checkpoint = BertModel.FromPretrained(arguments.GetRequiredValue(model).FullName);
            string from = arguments.GetRequiredValue(start);
            string dataset = arguments.GetRequiredValue(task);
            FineTuningTask data = FineTuningTask.Read(
                dataset, arguments.GetRequiredValue(datasets).FullName, arguments.GetValue(rows), arguments.GetValue(rowsPerLabel));
            var settings = new FineTuningSettings(arguments.GetValue(seed))
            {
                Model = from switch { "ngrams" => null, "random" => TextVectors.Random(checkpoint),
                    "embeddings" => TextVectors.EmbeddingsOnly(checkpoint), _ => checkpoint },
                Method = arguments.GetValue(method),
                FewShot = new() { Pairs = arguments.GetValue(pairs), Head = arguments.GetValue(head) },
                Epochs = arguments.GetValue(epochs),
                BatchSize = arguments.GetValue(batch),
                LearningRate = arguments.GetValue(rate),
                Dropout = arguments.GetValue(dropout),
                LayerwiseDecay = arguments.GetValue(decay),
                Precision = arguments.GetValue(precision),
                BiEncoder = arguments.GetValue(biEncoder),
                Int8 = arguments.GetValue(int8),
                Device = arguments.GetRequiredValue(device),
                Progress = arguments.GetValue(verbose) ? new Log() : null,
            };
            int count = Math.Clamp(arguments.GetValue(splits), 1, data.Splits);
            long begin = Stopwatch.GetTimestamp();
            IReadOnlyList<(string Name, double Value)>[] figures =
                [.. Enumerable.Range(0, count).Select(split => data.Measure(settings, split))];
            TimeSpan time = Stopwatch.GetElapsedTime(begin);
            string means = string.Join(
                ", ", figures[0].Select((figure, i) =>
                    string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figures.Average(split => split[i].Value):F1}")));
            string name = from switch { "ngrams" => "FeaturizeText + SDCA", "checkpoint" => checkpoint.Name,
                _ => $"{checkpoint.Name}, {from}" };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {dataset} | {name} | {data.TrainRows:N0} × {count} | {means} | {time:hh\\:mm\\:ss} |"));
        });
        return command;
    }

    private sealed class Log : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"epoch {value.Epoch} step {value.Step} {value.Done:P0} loss {value.Loss:F4} rows/s {value.RowsPerSecond:F0} left " +
            $"{value.EstimatedTimeRemaining:hh\\:mm\\:ss}"));
    }
}
