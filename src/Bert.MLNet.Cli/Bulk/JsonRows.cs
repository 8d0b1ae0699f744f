using System.Text;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>The objects of JSON lines; blank lines are skipped.</summary>
internal sealed class JsonRows : TextFileRows
{
    private readonly LineColumns _columns;

    public JsonRows(string path, LineColumns columns)
        : base(path)
    {
        _columns = columns;
        Starts = Mark is null ? new UndividedStarts(path) : new LineStarts(path);
    }

    protected override RowStarts Starts { get; }

    protected override IEnumerable<JsonLine> Read(TextFile text, CancellationToken cancellation)
    {
        while (text.ReadLine() is { } line)
        {
            cancellation.ThrowIfCancellationRequested();
            long number = Number++;
            if (!JsonLine.IsBlank(line))
                yield return _columns.Rename(new JsonLine(Encoding.UTF8.GetBytes(line), number, Name));
        }
    }

    protected override long Count(TextFile text, CancellationToken cancellation)
    {
        long count = 0;
        while (text.ReadLine() is { } line)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!JsonLine.IsBlank(line))
                count++;
        }
        return count;
    }
}
