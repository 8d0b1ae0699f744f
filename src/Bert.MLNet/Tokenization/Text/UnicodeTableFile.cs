using System.Globalization;
using System.Reflection;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads an embedded file of tables. Each line contains a name and entries; all numbers are hexadecimal.</summary>
internal sealed class UnicodeTableFile
{
    private readonly Dictionary<string, List<string>> _entries = [];

    public UnicodeTableFile(string name)
    {
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"Bert.MLNet.Tokenization.{name}.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            string[] parts = line.Split(' ');
            if (!_entries.TryGetValue(parts[0], out List<string>? entries))
                _entries.Add(parts[0], entries = []);
            entries.AddRange(parts.AsSpan(1));
        }
    }

    /// <summary>The names of the tables.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Returns ranges of code points, including both ends.</summary>
    public IEnumerable<(int First, int Last)> Ranges(string table)
    {
        foreach (string entry in _entries[table])
        {
            int dash = entry.IndexOf('-');
            yield return dash < 0 ? (Hex(entry), Hex(entry)) : (Hex(entry.AsSpan(0, dash)), Hex(entry.AsSpan(dash + 1)));
        }
    }

    /// <summary>Returns code points and the sequences that replace them.</summary>
    public IEnumerable<(int CodePoint, int[] Others)> Maps(string table) =>
        from entry in _entries[table]
        let sign = entry.IndexOf('=')
        select (Hex(entry.AsSpan(0, sign)), entry[(sign + 1)..].Split('+').Select(part => Hex(part)).ToArray());

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
