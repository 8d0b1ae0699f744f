namespace Bert.MLNet.Training;

/// <summary>
/// The default number of epochs. A training needs a number of updates rather than of epochs: few rows must be seen often, and many rows
/// need not (Zhang et al., 2021, "Revisiting Few-sample BERT Fine-tuning", arXiv:2006.05987).
/// </summary>
internal static class EpochCount
{
    /// <summary>The number of updates that the epochs together reach.</summary>
    public const int Updates = 800;

    /// <summary>The smallest number of epochs, for many rows.</summary>
    public const int Least = 3;

    /// <summary>The largest number of epochs, for few rows.</summary>
    public const int Most = 50;

    /// <summary>Returns the number of epochs for these rows in batches of the given options.</summary>
    public static int For(TrainingRow[] rows, BertTrainingOptions options)
    {
        int batches = EpochBatches.Create(rows, options.BatchSize, options.TokensPerBatch, new Random(0)).Count;
        return For(DividedUp(batches, options.GradientAccumulationSteps));
    }

    /// <param name="updatesOfEpoch">The number of updates in an epoch, at least 1.</param>
    public static int For(int updatesOfEpoch) => Math.Clamp(DividedUp(Updates, updatesOfEpoch), Least, Most);

    private static int DividedUp(int dividend, int divisor) => 1 + ((dividend - 1) / divisor);
}
