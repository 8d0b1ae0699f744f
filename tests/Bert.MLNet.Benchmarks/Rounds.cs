using System.Diagnostics;
using System.Globalization;

namespace Bert.MLNet.Benchmarks;

/// <summary>One contender's turn.</summary>
/// <param name="Seconds">Time.</param>
/// <param name="ProcessorSeconds">Time of this process on all processors.</param>
/// <param name="Garbage">Bytes that it allocated.</param>
internal sealed record Turn(double Seconds, double ProcessorSeconds, double Garbage);

/// <summary>
/// Turns of several contenders, round after round, so that a change of the machine's speed meets them all. A round in which other processes
/// took a noticeable part of the machine does not count and is repeated.
/// </summary>
internal sealed class Rounds
{
    /// <summary>The part of the processors that others may take in a round that counts. Default: 0.03.</summary>
    public static double OthersAllowed { get; set; } = 0.03;

    private readonly List<Turn>[] _turns;
    private readonly int _rejected;

    /// <param name="contenders">What is measured.</param>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="warming">Rounds before, which are the compiler's.</param>
    /// <param name="prepare">Done before each turn, and not counted; null for nothing.</param>
    /// <exception cref="InvalidOperationException">Other processes keep the machine busy.</exception>
    public Rounds(IReadOnlyList<Action> contenders, int rounds, int warming = 0, Action? prepare = null)
    {
        _turns = [.. contenders.Select(_ => new List<Turn>())];
        for (int i = 0; i < warming; i++)
        {
            foreach (Action contender in contenders)
                contender();
        }
        while (_turns[0].Count < rounds)
        {
            var others = new OtherProcesses();
            Turn[] round = [.. contenders.Select(contender => Measure(contender, prepare))];
            if (others.Share > OthersAllowed)
            {
                if (++_rejected > 3 * rounds + 5)
                    throw new InvalidOperationException(
                        string.Create(CultureInfo.InvariantCulture,
                            $"Other processes took {others.Share:P0} of the processors, in {_rejected} rounds more than " +
                            $"{OthersAllowed:P0}. Stop them, and measure again."));
                continue;
            }
            for (int i = 0; i < round.Length; i++)
                _turns[i].Add(round[i]);
        }
    }

    /// <summary>How many rounds counted, and how many did not.</summary>
    public string Description => string.Create(CultureInfo.InvariantCulture,
        $"medians of {_turns[0].Count} rounds; " +
        $"{_rejected} rejected, in which other processes took more than {OthersAllowed:P0} of the processors" +
        $"{(OtherProcesses.AreKnown ? "" : " (not known on this system)")}");

    /// <summary>The median of a figure.</summary>
    public double Median(int contender, Func<Turn, double> figure) => Median(_turns[contender].Select(figure));

    /// <summary>
    /// The median ratio of a figure to another contender's in the same round: what slows a whole round down does not change it.
    /// </summary>
    public double MedianRatio(int contender, int other, Func<Turn, double> figure) =>
        Median(_turns[contender].Zip(_turns[other], (a, b) => figure(a) / figure(b)));

    /// <summary>The lowest and the highest of a figure.</summary>
    public (double Low, double High) Range(int contender, Func<Turn, double> figure) =>
        (_turns[contender].Min(figure), _turns[contender].Max(figure));

    /// <summary>The lowest and the highest ratio of a figure to another contender's in the same round.</summary>
    public (double Low, double High) Ratios(int contender, int other, Func<Turn, double> figure)
    {
        double[] ratios = [.. _turns[contender].Zip(_turns[other], (a, b) => figure(a) / figure(b))];
        return (ratios.Min(), ratios.Max());
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static Turn Measure(Action contender, Action? prepare)
    {
        prepare?.Invoke();
        GC.Collect();
        long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        contender();
        return new Turn(Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
            GC.GetTotalAllocatedBytes(precise: true) - before);
    }
}
