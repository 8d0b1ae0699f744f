using System.Globalization;

namespace Bert.MLNet.Cli.Reports;

/// <summary>An axis of a chart, with its label, range and ticks.</summary>
/// <param name="Label">The label, including the unit.</param>
/// <param name="From">Its lower end.</param>
/// <param name="To">Its upper end.</param>
internal sealed record Axis(string Label, double From, double To)
{
    private const int Ticks = 5;

    private static readonly int[] s_round = [1, 2, 5, 10];

    /// <summary>The position of a value between the lower end (0) and the upper end (1).</summary>
    public double At(double value) => (value - From) / (To - From);

    /// <summary>Creates an axis that includes all values, with round numbers at its ends.</summary>
    public static Axis Over(string label, params IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
            return new Axis(label, 0, 1);
        (double from, double to) = (finite.Min(), finite.Max());
        if (from == to)
            (from, to) = (from - 0.5, to + 0.5);
        double step = Step(to - from);
        return new Axis(label, Math.Floor(from / step) * step, Math.Ceiling(to / step) * step);
    }

    /// <summary>The ticks: round numbers along the axis, with their text.</summary>
    public IEnumerable<(double Value, string Text)> Marks()
    {
        double step = Step(To - From);
        string format = "F" + Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9)).ToString(CultureInfo.InvariantCulture);
        for (double i = Math.Ceiling(From / step - 1e-9); i * step <= To + step * 1e-9; i++)
            yield return (i * step, (i * step + 0.0).ToString(format, CultureInfo.InvariantCulture));
    }

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that results in no more than the given number of ticks.</summary>
    private static double Step(double range)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / Ticks)));
        return s_round.Select(factor => factor * power).First(step => range / step <= Ticks + 1e-9);
    }
}
