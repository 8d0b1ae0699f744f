using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Bert.MLNet.Pretraining.Evaluation;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>retrieval</c>: trains a checkpoint for search, with and without hard negatives, and evaluates held-out queries.</summary>
internal static class RetrievalCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> model = new Option<DirectoryInfo>("--model")
        {
            Description = "The checkpoint to train.",
            Required = true,
        }.AcceptExistingOnly();
        Option<DirectoryInfo> data = new Option<DirectoryInfo>("--data")
        {
            Description = "The folder of corpus.jsonl.gz, queries.jsonl and qrels.tsv, such as that of SciFact.",
            Required = true,
        }.AcceptExistingOnly();
        Option<double> heldOut = new("--held-out")
        {
            Description = "The share of the queries that only evaluate.",
            DefaultValueFactory = _ => 0.5,
        };
        Option<bool> titles = new("--titles") { Description = "Train on the titles of documents and their texts, too." };
        Option<int> epochs = new("--epochs") { DefaultValueFactory = _ => 3 };
        Option<int> batch = new("--batch-size") { DefaultValueFactory = _ => 32 };
        Option<double?> rate = new("--learning-rate") { Description = "The learning rate. Default: the trainer's own." };
        Option<int> maxLength = new("--max-length")
        {
            Description = "The maximum number of tokens of a text in training.",
            DefaultValueFactory = _ => 128,
        };
        Option<int> negatives = new("--negatives")
        {
            Description = "The number of mined negatives for each query; 0 to train without them only.",
            DefaultValueFactory = _ => 3,
        };
        Option<int> skipped = new("--range-min") { Description = "The number of most similar texts that are not used as negatives." };
        Option<float?> margin = new("--relative-margin")
        {
            Description = "The minimum difference between the similarity of a right text and a negative, as a share of the former.",
            DefaultValueFactory = _ => 0.05f,
        };
        Option<int> seed = CommandOptions.Seed();
        var command = new Command(
            "retrieval", "Trains a checkpoint for search, with and without mined hard negatives, and prints nDCG@10 of held-out queries.")
        {
            model, data, heldOut, titles, epochs, batch, rate, maxLength, negatives, skipped, margin, seed,
        };
        command.SetAction(arguments =>
        {
            var ml = new MLContext(arguments.GetValue(seed));
            BertModel start = BertModel.FromPretrained(arguments.GetRequiredValue(model).FullName);
            var set = new RetrievalData(arguments.GetRequiredValue(data).FullName);
            RetrievalData.Document[] queries = [.. set.Queries];
            new Random(arguments.GetValue(seed)).Shuffle(queries);
            int kept = (int)Math.Round(queries.Length * arguments.GetValue(heldOut));
            (RetrievalData.Document[] test, RetrievalData.Document[] train) = (queries[..kept], queries[kept..]);
            RetrievalData.Pair[] pairs = [.. set.Answers(train), .. arguments.GetValue(titles) ? set.Titles() : []];
            IDataView view = ml.Data.LoadFromEnumerable(pairs);
            Console.WriteLine($"{set.Count} documents, {pairs.Length} pairs of {train.Length} queries, {test.Length} queries held out.");
            Print("before", start);
            var options = new SentenceEmbeddingTrainer.Options
            {
                Model = start,
                MaxEpochs = arguments.GetValue(epochs),
                BatchSize = arguments.GetValue(batch),
                LearningRate = arguments.GetValue(rate),
                MaxLength = Math.Min(arguments.GetValue(maxLength), start.MaxSequenceLength),
                Seed = arguments.GetValue(seed),
            };
            Train("trained on pairs", options, view);
            if (arguments.GetValue(negatives) is > 0 and int count)
            {
                IDataView triplets = ml.Ranking.MineHardNegatives(view, new BertHardNegativesOptions
                {
                    Model = start,
                    NumberOfNegatives = count,
                    RangeMin = arguments.GetValue(skipped),
                    RelativeMargin = arguments.GetValue(margin),
                }, set.Corpus(ml));
                long rows = triplets.GetRowCount() ?? 0;
                // As many rows are read as without negatives.
                int passes = (int)Math.Max(1, Math.Round(arguments.GetValue(epochs) * (double)pairs.Length / Math.Max(1, rows)));
                Train($"trained on {rows} triplets", options with { MaxEpochs = passes, Sentence3ColumnName = "Sentence3" }, triplets);
            }
            return 0;

            void Train(string when, SentenceEmbeddingTrainer.Options training, IDataView rows)
            {
                long started = Stopwatch.GetTimestamp();
                using BertEmbeddingTransformer trained = ml.Ranking.Trainers.SentenceEmbedding(training).Fit(rows);
                Print($"{when}, {training.MaxEpochs} epochs, {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s",
                    trained.Model.WithSentence(
                        trained.Model.Sentence with { MaxSequenceLength = start.Sentence.MaxSequenceLength }));
            }

            void Print(string when, BertModel checkpoint) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"nDCG@10 {100 * set.Evaluate(ml, checkpoint, test).NormalizedDiscountedCumulativeGain:F2} {when}"));
        });
        return command;
    }
}
