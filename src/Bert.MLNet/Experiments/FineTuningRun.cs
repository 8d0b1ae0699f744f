namespace Bert.MLNet.Experiments;

/// <summary>Follows a training, and ends it when its stage or the time is over.</summary>
/// <param name="clock">The clock of the experiment.</param>
/// <param name="share">The share of all updates to train, from 0 to 1; the rest follows in a later stage.</param>
/// <param name="reserve">The share of the training's time that must remain after it, for the last training.</param>
/// <param name="reserved">The seconds that must remain at least.</param>
internal sealed class FineTuningRun(ExperimentClock clock, double share, double reserve, double reserved)
    : IProgress<TrainingProgress>, IDisposable
{
    /// <summary>
    /// The first update is slower, and a few batches have other lengths than most: the speed is that of this share of a training, or of
    /// these seconds.
    /// </summary>
    private const double ShareOfEstimate = 0.1, SecondsOfEstimate = 2;

    private readonly CancellationTokenSource _stop = new();
    private double? _start;
    private double _startDone;

    public CancellationToken Token => _stop.Token;

    /// <summary>The folder of the training's checkpoints; null for none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>The completed share of all updates.</summary>
    public double Done { get; private set; }

    /// <summary>The estimated time of the whole training in seconds; null if too little of it was done.</summary>
    public double? SecondsOfAll { get; private set; }

    /// <summary>Whether the training was ended because there is not enough time for it.</summary>
    public bool IsTooSlow { get; private set; }

    public void Report(TrainingProgress value)
    {
        Done = value.Done;
        double now = clock.Seconds;
        if (_start is null && value.Step >= 1)
            (_start, _startDone) = (now, value.Done);
        else if (_start is { } start && value.Done > _startDone
            && (value.Done - _startDone >= ShareOfEstimate || now - start >= SecondsOfEstimate))
            SecondsOfAll = (now - start) / (value.Done - _startDone);
        IsTooSlow |= SecondsOfAll is { } all
            && all * Math.Max(0, share - value.Done) + Math.Max(all * reserve, reserved) > clock.SecondsLeft;
        if (IsTooSlow || clock.IsOver || share < 1 && value.Done >= share)
            _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
