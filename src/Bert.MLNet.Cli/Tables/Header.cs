using System.Globalization;

namespace Bert.MLNet.Cli.Tables;

/// <summary>Decides whether the first row of a table is a header.</summary>
internal static class Header
{
    /// <summary>The number of rows to inspect.</summary>
    public const int Sample = 1000;

    /// <summary>
    /// Returns true if the cells of the first row are 0, 1, 2 and so on, as pandas names columns; if all other labels are numbers and the
    /// first row's label is not; or if labels are words that occur in two or more rows on average, and the first row's label occurs only
    /// there.
    /// </summary>
    /// <param name="rows">The rows, including the first.</param>
    /// <param name="label">The label column.</param>
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
    public static bool IsCount(IReadOnlyList<string> cells) =>
        cells.Select((cell, i) => cell.Trim() == i.ToString(CultureInfo.InvariantCulture)).All(isCount => isCount);

    /// <summary>
    /// Whether a column is specified by name, not by number. A year is a name if the first row contains it and the table is not that wide.
    /// </summary>
    /// <param name="column">The name or number of the column.</param>
    /// <param name="first">The first row.</param>
    public static bool IsName(string column, IReadOnlyList<string> first) =>
        !int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            || (index >= first.Count && first.Any(cell => cell.Trim() == column));

    // These rows are not validated yet: one can be too short.
    private static string Cell(string[] row, int column) => column < row.Length ? row[column].Trim() : "";

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
