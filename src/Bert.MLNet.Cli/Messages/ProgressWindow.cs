namespace Bert.MLNet.Cli.Messages;

/// <summary>Joins reports of a training, one for each update, to reports of several: losses and rates of single batches say little.</summary>
internal sealed class ProgressWindow
{
    private TrainingProgress? _joined, _before;
    private long _start;

    /// <summary>How many updates are joined.</summary>
    public long Updates => _joined is null ? 0 : _joined.Step - _start;

    /// <summary>Adds a report, and gives what all since the last <see cref="Close"/> come to.</summary>
    public TrainingProgress Add(TrainingProgress next)
    {
        if (_joined is null)
            _start = _before?.Step ?? next.Step - 1;
        (TrainingProgress? last, long before) = (_joined ?? _before, Updates);
        long added = next.Step - (_joined?.Step ?? _start);
        if (last is not null && added == 0)
            next = next with { Loss = last.Loss, RowsPerSecond = last.RowsPerSecond }; // the end of an epoch, whose updates are all told
        else if (last is not null && before > 0)
            next = next with { Loss = ((last.Loss * before) + (next.Loss * added)) / (before + added), RowsPerSecond = (before + added) / ((before / last.RowsPerSecond) + (added / next.RowsPerSecond)) };
        return _joined = next;
    }

    /// <summary>The next report begins another.</summary>
    public void Close() => (_before, _joined) = (_joined, null);
}
