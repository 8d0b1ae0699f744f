using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>Reads the rows of a data set with one file open at a time.</summary>
internal sealed class DatasetReader(Dataset dataset, LineColumns columns) : IDisposable
{
    private DatasetFile? _file;
    private FileRows? _rows;

    /// <summary>The rows that begin between two bytes of the data set.</summary>
    public IEnumerable<JsonLine> Read(long start, long end, CancellationToken cancellation) => dataset.Pieces(start, end)
        .SelectMany(piece => Open(piece.File).Read(piece.Start, piece.End, cancellation));

    /// <summary>Opens a file, unless it is open, and closes the one before.</summary>
    public FileRows Open(DatasetFile file)
    {
        if (_rows is not null && _file == file)
            return _rows;
        _rows?.Dispose();
        (_file, _rows) = (file, FileRows.Open(file.Path, columns));
        return _rows;
    }

    public void Dispose() => _rows?.Dispose();
}
