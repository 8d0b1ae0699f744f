using System.Globalization;

namespace Bert.MLNet.Cli.Tables;

/// <summary>Whether the first row of a table names its columns.</summary>
internal static class Header
{
    /// <summary>Rows that are looked at.</summary>
    public const int Sample = 1000;

    /// <summary>
    /// Says yes where the cells of the first row are 0, 1, 2 and so on, as pandas names columns; where labels are numbers and that of the
    /// first row is
    /// none; or where labels are words, each of them in two rows and more on average, and the first row has one of its own.
    /// </summary>
    /// <param name="rows">The rows, the first one included.</param>
    /// <param name="label">The column of labels.</param>
    public static bool IsThere(IReadOnlyList<string[]> rows, int label)
    {
        string first = Cell(rows[0], label);
        string[] labels = [.. rows.Skip(1).Take(Sample).Select(row => Cell(row, label)).Where(cell => cell.Length > 0)];
        if (labels.Length == 0)
            return false;
        if (IsCount(rows[0]))
            return true;
        if (labels.All(IsNumber))
            return !IsNumber(first);
        return labels.Distinct().Count() * 2 <= labels.Length && !labels.Contains(first) && !(IsNumber(first) && labels.Any(IsNumber));
    }

    /// <summary>Whether cells are 0, 1, 2 and so on, as pandas names columns.</summary>
    public static bool IsCount(IReadOnlyList<string> cells) => cells.Select((cell, i) => cell.Trim() == i.ToString(CultureInfo.InvariantCulture)).All(isCount => isCount);

    /// <summary>
    /// Whether a column is asked for by its name, and not by its number: a year is a name if the first row has it and the table is not that
    /// wide.
    /// </summary>
    /// <param name="column">What is asked for.</param>
    /// <param name="first">The first row.</param>
    public static bool IsName(string column, IReadOnlyList<string> first) =>
        !int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || (index >= first.Count && first.Any(cell => cell.Trim() == column));

    // These rows are not checked yet: one may be too short.
    private static string Cell(string[] row, int column) => column < row.Length ? row[column].Trim() : "";

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
