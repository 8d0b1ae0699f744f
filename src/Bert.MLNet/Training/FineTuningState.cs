namespace Bert.MLNet.Training;

/// <summary>Where a fine-tuning stands, as a checkpoint keeps it.</summary>
internal sealed record FineTuningState
{
    /// <summary>Updates done.</summary>
    public long Step { get; init; }

    /// <summary>Epochs done.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of the running epoch that are done.</summary>
    public int Batch { get; init; }

    /// <summary>Rows of the running epoch that are done.</summary>
    public long RowsOfEpoch { get; init; }

    /// <summary>The sum of losses since the last report.</summary>
    public double Loss { get; init; }

    /// <summary>The sum of their weights.</summary>
    public double LossWeight { get; init; }

    /// <summary>The sum of losses of the running epoch.</summary>
    public double EpochLoss { get; init; }

    /// <summary>The sum of their weights.</summary>
    public double EpochLossWeight { get; init; }

    /// <summary>The best epoch so far, and how much patience is used up.</summary>
    public EarlyStopping Stopping { get; init; } = new();

    /// <summary>Whether all epochs are done, or enough of them.</summary>
    public bool Finished { get; init; }

    /// <summary>A hash of model, rows and options.</summary>
    public string Fingerprint { get; init; } = "";
}
