using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

/// <summary>The default number of epochs, counted by hand.</summary>
public sealed class EpochCountTests
{
    [Theory]
    [InlineData(50, 50)] // 2 updates each: 84.9 would be too many
    [InlineData(500, 30)] // 16 updates each: 120 / 4
    [InlineData(513, 30)] // 17 updates each: 29.1
    [InlineData(3_668, 12)] // MRPC, 115 updates each: 11.2
    [InlineData(12_800, 6)] // 400 updates each: 120 / 20
    [InlineData(67_349, 3)] // SST-2, 2,105 updates each: 2.6
    [InlineData(1_000_000, 3)] // 0.7 would be too few
    public void Epochs_follow_from_the_number_of_updates(int rows, int epochs) =>
        Assert.Equal(epochs, EpochCount.For(Rows(rows), new Options()));

    [Fact]
    public void Batches_of_tokens_and_accumulated_batches_count_as_updates()
    {
        // 5,000 rows of 2 tokens: 100 batches of 100 tokens, or 25 updates of 4 batches.
        TrainingRow[] rows = Rows(5_000);
        Assert.Equal(12, EpochCount.For(rows, new Options { TokensPerBatch = 100 }));
        Assert.Equal(24, EpochCount.For(rows, new Options { TokensPerBatch = 100, GradientAccumulationSteps = 4 }));
    }

    private static TrainingRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new TrainingRow([1, 2], 2, i, [0]))];

    private sealed record Options : BertTrainingOptions;
}
