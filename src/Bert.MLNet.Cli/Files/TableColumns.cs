using System.Globalization;

namespace Bert.MLNet.Cli.Files;

/// <summary>Finds columns by name, or counted from 0. A name takes precedence over a number.</summary>
internal static partial class TableColumns
{
    /// <summary>The index of a column.</summary>
    /// <param name="path">The table.</param>
    /// <param name="names">The names of its columns, or null if they have none.</param>
    /// <param name="width">The number of columns.</param>
    /// <param name="column">The name or number of the column.</param>
    /// <exception cref="InvalidDataException">The column does not exist; the message lists those that do.</exception>
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
        string known = names is null
            ? string.Create(CultureInfo.InvariantCulture, $"{width} columns without names, counted from 0")
            : string.Join(", ", names);
        string message = $"'{path}' has no column '{column}'; it has {known}.";
        Suggest(column, names ?? [], ref message);
        throw new InvalidDataException(message);
    }

    // Generated projects contain this file, without the part that implements this method.
    static partial void Suggest(string column, IReadOnlyList<string> names, ref string message);
}
