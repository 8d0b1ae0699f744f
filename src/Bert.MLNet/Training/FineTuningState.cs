namespace Bert.MLNet.Training;

/// <summary>The progress of a fine-tuning, as stored in a checkpoint.</summary>
internal sealed record FineTuningState
{
    /// <summary>The number of completed updates.</summary>
    public long Step { get; init; }

    /// <summary>The number of completed epochs.</summary>
    public int Epoch { get; init; }

    /// <summary>The number of completed batches of the current epoch.</summary>
    public int Batch { get; init; }

    /// <summary>The number of completed rows of the current epoch.</summary>
    public long RowsOfEpoch { get; init; }

    /// <summary>The sum of losses since the last report.</summary>
    public double Loss { get; init; }

    /// <summary>The sum of the weights of these losses.</summary>
    public double LossWeight { get; init; }

    /// <summary>The sum of losses of the current epoch.</summary>
    public double EpochLoss { get; init; }

    /// <summary>The sum of the weights of these losses.</summary>
    public double EpochLossWeight { get; init; }

    /// <summary>The best epoch so far, and how much patience is used up.</summary>
    public EarlyStopping Stopping { get; init; } = new();

    /// <summary>Whether the training has ended, after all epochs or early.</summary>
    public bool Finished { get; init; }

    /// <summary>A hash of model, rows and options.</summary>
    public string Fingerprint { get; init; } = "";
}
