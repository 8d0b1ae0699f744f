namespace Bert.MLNet.Cli.Files;

/// <summary>Reads JSON lines as a table. Its columns are all fields that occur; a missing field is an empty cell.</summary>
internal static class JsonTable
{
    /// <summary>The columns, in the order of their first occurrence, and the cells.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="columns">The columns to read, by name or counted from 0; other cells stay empty. If there are none: all without lists
    /// and objects.</param>
    /// <exception cref="InvalidDataException">The column does not exist, or a cell is a list or an object.</exception>
    public static (string[] Names, List<string[]> Rows) Read(string path, IEnumerable<JsonLine> lines, params IReadOnlyList<string> columns)
    {
        JsonLine[] all = [.. lines];
        string[] names = [.. all.SelectMany(line => line.Fields).Distinct()];
        if (all.Length == 0)
            return (names, []);
        int[] wanted = columns.Count == 0
            ? [.. Enumerable.Range(0, names.Length).Where(i => all.All(line => line.IsScalar(names[i])))]
            : [.. columns.Select(column => TableColumns.Find(path, names, names.Length, column))];
        return (names, [.. all.Select(Cells)]);

        string[] Cells(JsonLine line)
        {
            string[] cells = new string[names.Length];
            Array.Fill(cells, "");
            foreach (int i in wanted)
                cells[i] = line.Value(names[i]);
            return cells;
        }
    }

    /// <summary>The cells of some columns of all lines of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns, by name or counted from 0.</param>
    public static IEnumerable<string[]> Cells(string path, params string[] columns)
    {
        using TextFile file = TextFile.Open(path);
        (string[] names, List<string[]> rows) = Read(path, JsonLine.Read(file), columns);
        if (rows.Count == 0)
            return rows;
        int[] places = Array.ConvertAll(columns, column => TableColumns.Find(path, names, names.Length, column));
        return rows.Select(row => Array.ConvertAll(places, place => row[place]));
    }
}
