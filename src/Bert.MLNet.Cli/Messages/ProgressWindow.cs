namespace Bert.MLNet.Cli.Messages;

/// <summary>Combines the reports of several updates into one: losses and rates of single batches vary too much.</summary>
internal sealed class ProgressWindow
{
    private TrainingProgress? _joined, _before;
    private long _start;

    /// <summary>The number of combined updates.</summary>
    public long Updates => _joined is null ? 0 : _joined.Step - _start;

    /// <summary>Adds a report, and returns the combination of all reports since the last <see cref="Close"/>.</summary>
    public TrainingProgress Add(TrainingProgress next)
    {
        if (_joined is null)
            _start = _before?.Step ?? next.Step - 1;
        (TrainingProgress? last, long before) = (_joined ?? _before, Updates);
        long added = next.Step - (_joined?.Step ?? _start);
        if (last is not null && added == 0)
            // the end of an epoch whose updates have all been reported
            next = next with { Loss = last.Loss, RowsPerSecond = last.RowsPerSecond };
        else if (last is not null && before > 0)
            next = next with
            {
                Loss = ((last.Loss * before) + (next.Loss * added)) / (before + added),
                RowsPerSecond = (before + added) / ((before / last.RowsPerSecond) + (added / next.RowsPerSecond)),
            };
        return _joined = next;
    }

    /// <summary>Ends the window; the next report starts a new one.</summary>
    public void Close() => (_before, _joined) = (_joined, null);
}
