namespace Bert.MLNet.Hub;

/// <summary>Notices a download that goes on without getting anywhere: one of less than a KiB a second.</summary>
/// <param name="settings">What silence is, and the clock.</param>
internal sealed class HubPace(HubSettings settings)
{
    private const int BytesPerSecond = 1024;

    // Silences are tried again a few times, and so the time of several goes by before anything is said.
    private const int Silences = 6;

    private long _last = settings.Time.GetTimestamp();
    private TimeSpan _spent;
    private long _bytes;
    private bool _isPaused;

    /// <summary>The time over which the pace is measured.</summary>
    public TimeSpan Period => settings.Silence * Silences;

    /// <summary>Leaves out the time until the next call: the hub has asked to wait.</summary>
    public void Pause() => _isPaused = true;

    /// <summary>Counts the time since the last call and what came in it.</summary>
    /// <returns>Whether something came in the last period, and too little. Of nothing at all it is the silence that is told.</returns>
    public bool IsTooSlow(int bytes)
    {
        long now = settings.Time.GetTimestamp();
        TimeSpan since = _isPaused ? TimeSpan.Zero : settings.Time.GetElapsedTime(_last, now);
        // No step takes longer, unless the machine slept.
        _spent += since < settings.Silence ? since : settings.Silence;
        _bytes += bytes;
        (_last, _isPaused) = (now, false);
        if (_spent < Period)
            return false;
        bool isTooSlow = _bytes > 0 && _bytes < BytesPerSecond * _spent.TotalSeconds;
        (_spent, _bytes) = (TimeSpan.Zero, 0);
        return isTooSlow;
    }
}
