using System.Globalization;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// The rows of a .tsv or .csv file. The header is read from the start of the file, wherever the rows begin.
/// </summary>
internal sealed class TableRows : TextFileRows
{
    private readonly char _separator;
    private readonly bool _hasHeader;
    private readonly string[] _names = [];
    private readonly IReadOnlyDictionary<string, string> _fields = new Dictionary<string, string>();

    public TableRows(string path, LineColumns columns)
        : base(path)
    {
        _separator = DelimitedText.SeparatorOf(path);
        _hasHeader = DelimitedText.Sample(path, 1) is [var sample] && columns.HasHeader(sample);
        if (DelimitedText.Rows(path, _hasHeader).FirstOrDefault() is not { } first)
        {
            Starts = new UndividedStarts(path);
            return;
        }
        // If several columns have the same name, the first keeps it, as in training tables; the others are numbered.
        var taken = new HashSet<string>();
        _names = [.. first.Select((name, i) => _hasHeader && taken.Add(name.Trim())
            ? name.Trim()
            : i.ToString(CultureInfo.InvariantCulture))];
        _fields = columns.In(path, _names);
        Starts = Mark is not { } mark ? new UndividedStarts(path)
            : _separator == DelimitedText.Tab ? new LineStarts(path) { Origin = _hasHeader ? EndOfHeader(new LineStarts(path)) : 0 }
            : new QuotedRowStarts(
                path, _separator, _hasHeader ? EndOfHeader(new QuotedRowStarts(path, _separator, mark)) : mark)
            {
                Width = first.Length,
            };
    }

    protected override RowStarts Starts { get; }

    /// <summary>Whether the text, which is not divided, begins with the header.</summary>
    private bool ReadsHeader => _hasHeader && Mark is null;

    protected override IEnumerable<JsonLine> Read(TextFile text, CancellationToken cancellation)
    {
        foreach (string[] row in Rows(text))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return LineFile.Line(Name, Number++, _names.Zip(row.Select(cell => cell.Length == 0 ? null : cell)), LineFile.IsInteger)
                .With(_fields);
        }
    }

    protected override long Count(TextFile text, CancellationToken cancellation) => Rows(text).LongCount(_ =>
    {
        cancellation.ThrowIfCancellationRequested();
        return true;
    });

    private IEnumerable<string[]> Rows(TextFile text) =>
        DelimitedText.Rows(text, Name, _separator, _hasHeader, ReadsHeader ? 0 : Math.Max(1, Number), _names.Length)
            .Skip(ReadsHeader ? 1 : 0);

    /// <summary>The byte after the first row that is not blank.</summary>
    private long EndOfHeader(RowStarts starts)
    {
        for (long start = starts.From(0); ;)
        {
            long end = starts.From(start + 1);
            using TextFile text = Open(start, end);
            if (end == starts.Length || DelimitedText.Rows(text, Name, _separator, true, 0).Any())
                return end;
            start = end;
        }
    }
}
