using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// The rows of one file of a data set, by the range of bytes in which they begin. Consecutive ranges are read without searching for their
/// rows again.
/// </summary>
internal abstract class FileRows : IDisposable
{
    /// <summary>Opens a file in the format of its name: .tsv, .csv, .parquet, or JSON lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The fields that contain the texts.</param>
    public static FileRows Open(string path, LineColumns columns) =>
        LineFile.IsDelimited(path) ? new TableRows(path, columns)
        : ParquetRows.Is(path) ? new ParquetLines(path, columns)
        : new JsonRows(path, columns);

    /// <summary>The rows that begin in a range of bytes, read lazily.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="end">The byte after the last.</param>
    /// <param name="cancellation">Ends the reading before the next row.</param>
    /// <exception cref="InvalidDataException">A row cannot be read; the message names it.</exception>
    public abstract IEnumerable<JsonLine> Read(long start, long end, CancellationToken cancellation);

    /// <summary>The number of rows that begin in a range of bytes.</summary>
    public abstract long Count(long start, long end, CancellationToken cancellation);

    public virtual void Dispose()
    {
    }
}
