namespace Bert.MLNet.Training;

/// <summary>
/// The default number of epochs. Few rows must be seen often (Zhang et al., 2021, "Revisiting Few-sample BERT Fine-tuning",
/// arXiv:2006.05987), and many rows need not. The number of updates in all epochs grows with the square root of their number in one.
/// </summary>
internal static class EpochCount
{
    /// <summary>The smallest number of epochs, for many rows.</summary>
    public const int Least = 3;

    /// <summary>The largest number of epochs, for few rows.</summary>
    public const int Most = 50;

    /// <summary>The number of epochs if there were one update in each, without a limit.</summary>
    private const double OfOneUpdate = 120;

    /// <summary>Returns the number of epochs for these rows in batches of the given options.</summary>
    public static int For(TrainingRow[] rows, BertTrainingOptions options)
    {
        int batches = EpochBatches.Create(rows, options.BatchSize, options.TokensPerBatch, new Random(0)).Count;
        return For(1 + ((batches - 1) / options.GradientAccumulationSteps));
    }

    /// <param name="updatesOfEpoch">The number of updates in an epoch, at least 1.</param>
    public static int For(int updatesOfEpoch) => Math.Clamp((int)Math.Ceiling(OfOneUpdate / Math.Sqrt(updatesOfEpoch)), Least, Most);
}
