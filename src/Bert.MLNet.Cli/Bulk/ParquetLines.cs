using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>The rows of a Parquet file, which are taken to be distributed evenly over its bytes. Other row groups are not read.</summary>
internal sealed class ParquetLines : FileRows
{
    private readonly string _path;
    private readonly string[] _names;
    private readonly IReadOnlyDictionary<string, string> _fields;
    private readonly bool _hasIntegerId;
    private readonly long _length, _count;
    private IEnumerator<string?[]>? _rows;
    private long _next;

    public ParquetLines(string path, LineColumns columns)
    {
        _path = path;
        (string Name, bool IsInteger)[] schema = ParquetRows.Columns(path);
        _names = [.. schema.Select(column => column.Name)];
        _fields = columns.In(path, _names);
        _hasIntegerId = schema.Contains(("id", true));
        (_length, _count) = (FileLength.Of(path), ParquetRows.Count(path));
    }

    public override IEnumerable<JsonLine> Read(long start, long end, CancellationToken cancellation)
    {
        (long first, long last) = (From(start), From(end));
        if (first >= last)
            yield break;
        if (_rows is null || _next != first)
        {
            _rows?.Dispose();
            (_rows, _next) = (ParquetRows.Read(_path, _names, first, cancellation).GetEnumerator(), first);
        }
        while (_next < last && _rows.MoveNext())
            yield return LineFile.Line($"'{_path}'", ++_next, _names.Zip(_rows.Current), _ => _hasIntegerId).With(_fields);
    }

    public override long Count(long start, long end, CancellationToken cancellation) => Math.Max(0, From(end) - From(start));

    public override void Dispose()
    {
        _rows?.Dispose();
        base.Dispose();
    }

    /// <summary>The first row at or after a byte.</summary>
    private long From(long offset) => (long)((((Int128)offset * _count) + _length - 1) / _length);
}
