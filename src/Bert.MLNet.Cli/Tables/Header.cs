using System.Globalization;

namespace Bert.MLNet.Cli.Tables;

/// <summary>Whether the first row of a table names its columns.</summary>
internal static class Header
{
    /// <summary>Rows that are looked at.</summary>
    private const int Sample = 1000;

    /// <summary>
    /// Says yes where labels are numbers and the first row has none, or where labels are words, each of them in two rows and more on average, and the
    /// first row has one of its own.
    /// </summary>
    /// <param name="rows">The rows, the first one included.</param>
    /// <param name="label">The column of labels.</param>
    public static bool IsThere(IReadOnlyList<string[]> rows, int label)
    {
        string first = Table.Cell(rows[0], label);
        string[] labels = [.. rows.Skip(1).Take(Sample).Select(row => Table.Cell(row, label))];
        if (labels.Length == 0 || IsNumber(first))
            return false;
        return labels.All(IsNumber) || (labels.Distinct().Count() * 2 <= labels.Length && !labels.Contains(first));
    }

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
