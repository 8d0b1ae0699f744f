using System.Diagnostics;
using System.Globalization;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// What part of the machine's processors others took since this was created: processes, the kernel for them, and other machines on the same
/// hardware.
/// </summary>
internal sealed class OtherProcesses
{
    private const string Statistics = "/proc/stat";
    private const double TicksPerSecond = 100; // USER_HZ of Linux on x64 and Arm

    private static readonly List<Process> s_own = [];

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _busy = Busy();
    private readonly TimeSpan _own = Own();

    /// <summary>Whether the system tells.</summary>
    public static bool AreKnown { get; } = File.Exists(Statistics);

    /// <summary>From 0 to 1; 0 where the system does not tell.</summary>
    public double Share
    {
        get
        {
            double others = Busy() - _busy - (Own() - _own).TotalSeconds;
            return Math.Max(0, others / (Stopwatch.GetElapsedTime(_start).TotalSeconds * Environment.ProcessorCount));
        }
    }

    /// <summary>A process that works for this one is none of the others.</summary>
    public static void DoNotCount(Process process) => s_own.Add(process);

    /// <summary>Ends that.</summary>
    public static void Count(Process process) => s_own.Remove(process);

    private static TimeSpan Own() => s_own.Aggregate(Environment.CpuUsage.TotalTime, (time, process) =>
    {
        process.Refresh();
        return time + process.TotalProcessorTime;
    });

    // The first line: cpu user nice system idle iowait irq softirq steal …
    private static double Busy()
    {
        if (!AreKnown)
            return 0;
        long[] ticks = [.. File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
        return (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }
}
