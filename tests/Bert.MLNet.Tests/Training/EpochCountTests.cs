using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

/// <summary>The default number of epochs, counted by hand.</summary>
public sealed class EpochCountTests
{
    [Theory]
    [InlineData(50, 50)] // 2 updates each, and no more than 50 epochs
    [InlineData(500, 50)] // 16 updates each: 800 in 50 epochs
    [InlineData(513, 48)] // 17 updates each: 799 in 47 epochs
    [InlineData(3_668, 7)] // MRPC: 115 updates each
    [InlineData(12_800, 3)] // 400 updates each would be 2 epochs
    [InlineData(67_349, 3)] // SST-2
    public void Epochs_follow_from_the_number_of_updates(int rows, int epochs) =>
        Assert.Equal(epochs, EpochCount.For(Rows(rows), new Options()));

    [Fact]
    public void Batches_of_tokens_and_accumulated_batches_count_as_updates()
    {
        // 4,000 rows of 2 tokens: 80 batches of 100 tokens, or 20 updates of 4 batches.
        TrainingRow[] rows = Rows(4_000);
        Assert.Equal(10, EpochCount.For(rows, new Options { TokensPerBatch = 100 }));
        Assert.Equal(40, EpochCount.For(rows, new Options { TokensPerBatch = 100, GradientAccumulationSteps = 4 }));
    }

    private static TrainingRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new TrainingRow([1, 2], 2, i, [0]))];

    private sealed record Options : BertTrainingOptions;
}
