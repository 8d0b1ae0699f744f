using System.Globalization;

namespace Bert.MLNet.Tests.Cli;

internal static class Signals
{
    /// <summary>
    /// Skips a test of Ctrl-C where its process, and so those that it starts, were told to ignore it, as shells tell what runs in the
    /// background.
    /// </summary>
    public static void SkipWhereIgnored()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent on Linux alone.");
        string ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            .Split('\t')[1];
        const ulong interrupt = 1UL << 1;
        Assert.SkipWhen((ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & interrupt) != 0,
            "SIGINT is ignored here.");
    }
}
