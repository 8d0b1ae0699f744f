namespace Bert.MLNet.Hub;

/// <summary>Detects a download that is too slow: less than 1 KiB per second.</summary>
/// <param name="settings">The timeout for silence, and the clock.</param>
internal sealed class HubPace(HubSettings settings)
{
    private const int BytesPerSecond = 1024;

    // After silence, requests are retried a few times, so the period is as long as several timeouts.
    private const int Silences = 6;

    private long _last = settings.Time.GetTimestamp();
    private TimeSpan _spent;
    private long _bytes;
    private bool _isPaused;

    /// <summary>The period over which the pace is measured.</summary>
    public TimeSpan Period => settings.Silence * Silences;

    /// <summary>Ignores the time until the next call, because the hub has asked to wait.</summary>
    public void Pause() => _isPaused = true;

    /// <summary>Counts the time and the bytes since the last call.</summary>
    /// <returns>Whether bytes arrived in the last period, but too few. If none arrived, silence is reported instead.</returns>
    public bool IsTooSlow(int bytes)
    {
        long now = settings.Time.GetTimestamp();
        TimeSpan since = _isPaused ? TimeSpan.Zero : settings.Time.GetElapsedTime(_last, now);
        // A step only takes longer if the machine was suspended.
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
