using System.Globalization;

namespace Bert.MLNet.Cli.Files;

/// <summary>Columns as they are asked for: by name, or counted from 0. A name goes before a count.</summary>
internal static class TableColumns
{
    /// <summary>The place of a column.</summary>
    /// <param name="path">The table.</param>
    /// <param name="names">The names of its columns; null where they have none.</param>
    /// <param name="width">How many there are.</param>
    /// <param name="column">What is asked for.</param>
    /// <exception cref="InvalidDataException">The column does not exist; the message says which there are.</exception>
    public static int Find(string path, IReadOnlyList<string>? names, int width, string column)
    {
        for (int i = 0; i < names?.Count; i++)
        {
            if (names[i] == column)
                return i;
        }
        for (int i = 0; i < names?.Count; i++)
        {
            if (names[i].Trim() == column)
                return i;
        }
        if (int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < width)
            return index;
        string known = names is null ? string.Create(CultureInfo.InvariantCulture, $"{width} columns without names, counted from 0") : string.Join(", ", names);
        throw new InvalidDataException($"'{path}' has no column '{column}'; it has {known}.");
    }
}
