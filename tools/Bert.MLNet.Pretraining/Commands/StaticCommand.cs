using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Pretraining.Evaluation;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>static</c>: trains a table of static embeddings on a teacher's vectors.</summary>
internal static class StaticCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model = new Option<DirectoryInfo>("--model")
        {
            Description = "The checkpoint whose token vectors the table starts from, usually the teacher, or a table.",
            Required = true,
        }.AcceptExistingOnly();
        Option<FileInfo> sentences = CommandOptions.Sentences();
        Option<FileInfo> vectors = CommandOptions.Vectors();
        Option<int> rows = new("--rows")
        {
            Description = "The number of texts. Default: all.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        Option<int> dimension = new("--dimension") { Description = "The number of values of a vector.", DefaultValueFactory = _ => 256 };
        Option<BertStaticPrecision> precision = new("--precision")
        {
            Description = "The numbers in the saved table.",
            DefaultValueFactory = _ => BertStaticPrecision.Int8,
        };
        Option<int> epochs = new("--epochs") { DefaultValueFactory = _ => 2 };
        Option<int> batch = new("--batch-size") { DefaultValueFactory = _ => 1024 };
        Option<double?> rate = new("--learning-rate") { Description = "The learning rate. Default: the trainer's own." };
        Option<double> contrast = new("--contrast")
        {
            Description = "The factor of the cross-entropy over the teacher's vectors of the batch.",
            DefaultValueFactory = _ => 0.1,
        };
        Option<int> threads = new("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<DirectoryInfo?> datasets = new("--datasets")
        {
            Description = "A folder with stsb, to evaluate the table before and after training.",
        };
        Option<int> seed = CommandOptions.Seed();
        Option<string> output = CommandOptions.Output("The model folder to write.");
        var command = new Command("static", "Trains a table of static embeddings on a teacher's vectors.")
        {
            model, sentences, vectors, rows, dimension, precision, epochs, batch, rate, contrast, threads, datasets, seed, output,
        };
        command.SetAction(arguments =>
        {
            BertModel start = BertModel.FromPretrained(arguments.GetRequiredValue(model).FullName);
            if (start.Table is null)
                start = start.ToStatic(new() { Dimension = null, Precision = BertStaticPrecision.Float32 });
            string? similarity = arguments.GetValue(datasets) is { } folder
                ? Path.Combine(folder.FullName, "stsb", "stsb-en-dev.csv")
                : null;
            Print("at the start", start, similarity);
            List<TaughtRow> texts = TaughtRow.Read(
                arguments.GetRequiredValue(sentences).FullName, arguments.GetRequiredValue(vectors).FullName, arguments.GetValue(rows));
            Console.WriteLine($"{texts.Count} texts.");
            TaughtRow.Project(texts, arguments.GetValue(dimension));
            start = AlignedTable.Create(start, texts);
            Print("aligned with the teacher", start, similarity);
            var ml = new MLContext();
            using BertEmbeddingTransformer trained = ml.Ranking.Trainers.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
            {
                Model = start,
                Loss = new EmbedDistillLoss { ContrastWeight = arguments.GetValue(contrast) },
                Sentence1ColumnName = nameof(TaughtRow.Text),
                LabelColumnName = nameof(TaughtRow.Teacher),
                MaxEpochs = arguments.GetValue(epochs),
                BatchSize = arguments.GetValue(batch),
                LearningRate = arguments.GetValue(rate),
                WeightDecay = 0,
                NumberOfThreads = arguments.GetValue(threads),
                Seed = arguments.GetValue(seed),
                LoggingSteps = 100,
                Progress = new Progress(),
            }).Fit(TaughtRow.ToView(ml, texts));
            Print("trained", trained.Model, similarity);
            BertModel small = trained.Model.WithStaticPrecision(arguments.GetValue(precision));
            Print($"trained, {arguments.GetValue(precision)}", small, similarity);
            small.SavePretrained(arguments.GetRequiredValue(output));
            return 0;
        });
        return command;
    }

    private static void Print(string when, BertModel model, string? similarity)
    {
        if (similarity is not null)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"STS-B dev {when}: {Similarity.Spearman(similarity, TextVectors.Of(model)):F2}"));
    }

    private sealed class Progress : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Epoch {value.Epoch}, step {value.Step}: loss {value.Loss:F4}, {value.RowsPerSecond:F0} rows/s, " +
            $"{value.EstimatedTimeRemaining:hh\\:mm\\:ss} left."));
    }
}
