using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class EpochBatchesTests
{
    private static readonly EncodedRow[] s_rows = [.. Lengths(500, seed: 3).Select(length => new EncodedRow(new int[length], length))];

    [Theory]
    [InlineData(null), InlineData(64), InlineData(300)]
    public void An_epoch_has_every_row_once_in_batches_of_the_size_asked_for(int? tokens)
    {
        List<EncodedRow[]> batches = EpochBatches.Create(s_rows, batchSize: 24, tokens, new Random(1));
        Assert.Equal(s_rows.Length, batches.SelectMany(batch => batch).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(s_rows.Length, batches.Sum(batch => batch.Length));
        if (tokens is not { } budget)
        {
            Assert.Equal(s_rows.Length / 24, batches.Count(batch => batch.Length == 24));
            return;
        }
        Assert.All(batches, batch =>
            Assert.True(batch.Length == 1 || Padded(batch) <= budget, $"{batch.Length} rows of up to {batch.Max(row => row.Length)}"));
        Assert.InRange(batches.Average(Padded) / budget, 0.6, 1);
    }

    [Theory]
    [InlineData(null), InlineData(300)]
    public void Rows_of_a_batch_are_of_like_length_and_batches_of_chance(int? tokens)
    {
        List<EncodedRow[]> batches = EpochBatches.Create(s_rows, batchSize: 24, tokens, new Random(1)),
            others = EpochBatches.Create(s_rows, batchSize: 24, tokens, new Random(2));
        double padded = batches.Sum(Padded), unsorted = s_rows.Chunk(24).Sum(Padded);
        Assert.True(unsorted > 1.5 * padded, $"{unsorted} without sorting, {padded} with it");
        int[] first = [.. batches.Select(batch => batch[0].Length)];
        Assert.NotEqual(first.OrderDescending(), first);
        Assert.NotEqual(first, others.Select(batch => batch[0].Length));
        Assert.Equal(first, EpochBatches.Create(s_rows, batchSize: 24, tokens, new Random(1)).Select(batch => batch[0].Length));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Parts_of_a_batch_have_like_many_tokens_and_no_more_than_their_budget(int multiple)
    {
        EncodedRow[][] parts = EpochBatches.Parts(s_rows, 256, multiple);
        Assert.Equal(s_rows.Length, parts.SelectMany(part => part).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(s_rows.Length, parts.Sum(part => part.Length));
        double[] tokens = [.. parts.Select(part => (double)part.Sum(row => row.Length))];
        Assert.All(tokens, count => Assert.True(count <= 256));
        Assert.True(tokens.Average() > 0.8 * tokens.Max(), string.Join(' ', tokens));
        Assert.Equal(0, parts.Length % multiple);
    }

    [Fact]
    public void A_trainer_with_a_budget_of_tokens_makes_as_many_updates_as_it_has_batches()
    {
        var ml = new MLContext(seed: 1);
        (string Text, int Label)[] texts = [.. ToyLanguage.Texts(80, seed: 5)];
        var reports = new List<TrainingProgress>();
        var options = new TextClassificationBinaryTrainer.Options
        {
            Sentence1ColumnName = "Text", MaxEpochs = 1, TokensPerBatch = 100, BatchSize = 1, LearningRate = 1e-3,
            Progress = new OnReport(reports.Add),
        };
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(row => new Input { Text = row.Text, Label = row.Label == 1 }).ToArray());
        BertModel model = ToyLanguage.Model();
        ml.BinaryClassification.Trainers.TextClassification(options with { Model = model }).Fit(data).Dispose();
        int[] lengths = [.. texts.Select(row => model.Tokenizer.Encode(row.Text).Ids.Count)];
        Assert.InRange(reports[^1].Step, Math.Ceiling(lengths.Sum() / 100.0), 1.5 * lengths.Sum() / 100.0);
    }

    private static double Padded(EncodedRow[] batch) => batch.Length * batch.Max(row => row.Length);

    // Mostly short, some long, as texts are.
    private static IEnumerable<int> Lengths(int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
            yield return 3 + (int)(60 * Math.Pow(random.NextDouble(), 3));
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
