using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// The files of a data set as one sequence of bytes, divided into blocks of equal size. A row belongs to the block in which it begins. Rows
/// are answered in chunks that do not cross blocks, so that a process that reads some of the blocks computes the bits of one that reads
/// all of them. Only the files of these blocks are opened.
/// </summary>
internal sealed class Dataset
{
    /// <summary>The approximate number of rows in a block.</summary>
    private const int RowsOfBlock = 2048;

    /// <summary>The maximum number of rows in a chunk, for blocks whose rows are shorter than those at the start of the data set.</summary>
    private const int MaxChunk = 2 * RowsOfBlock;

    /// <summary>The number of bytes from which the size of a row is estimated.</summary>
    private const int SampleSize = 1 << 16;

    private const long MaxBlockSize = 1 << 26;

    private readonly DatasetName[] _names;
    private readonly long _blockSize;

    private Dataset(DatasetName[] names, IReadOnlyList<DatasetFile> files)
    {
        (_names, Files) = (names, files);
        Length = files.Count == 0 ? 0 : files[^1].End;
        _blockSize = BlockSizeOf(files.FirstOrDefault(file => file.Length > 0));
        Blocks = (Length + _blockSize - 1) / _blockSize;
    }

    public IReadOnlyList<DatasetFile> Files { get; }

    /// <summary>The number of bytes of all files.</summary>
    public long Length { get; }

    /// <summary>The number of blocks.</summary>
    public long Blocks { get; }

    /// <summary>All blocks.</summary>
    public BlockRange Whole => new(0, Blocks);

    /// <summary>Finds the files of a data set; reads a sample of the first.</summary>
    /// <param name="names">Files, folders and patterns.</param>
    /// <exception cref="IOException">A file does not exist or is a pipe.</exception>
    public static Dataset Open(params IReadOnlyList<string> names)
    {
        DatasetName[] parsed = [.. names.Select(name => new DatasetName(name))];
        var files = new List<DatasetFile>();
        long start = 0;
        foreach (string path in parsed.SelectMany(name => name.Files()))
        {
            files.Add(new DatasetFile(path, start, LengthOf(path)));
            start = files[^1].End;
        }
        return new Dataset(parsed, files);
    }

    /// <summary>The bytes of some blocks.</summary>
    public (long Start, long End) BytesOf(BlockRange range) =>
        (Math.Min(Length, range.First * _blockSize), Math.Min(Length, range.End * _blockSize));

    /// <summary>The parts of files between two bytes of the data set, with offsets within each file.</summary>
    public IEnumerable<(DatasetFile File, long Start, long End)> Pieces(long start, long end) =>
        Files.Where(file => file.Start < end && start < file.End)
            .Select(file => (file, Math.Max(0, start - file.Start), Math.Min(file.Length, end - file.Start)));

    /// <summary>The rows of some blocks in chunks, read lazily.</summary>
    /// <exception cref="InvalidDataException">A row cannot be read, or no row of the data set has a text.</exception>
    public IEnumerable<JsonLine[]> Chunks(BlockRange range, LineColumns columns, CancellationToken cancellation)
    {
        if (range.First < range.End)
            RequireTexts(columns, cancellation);
        using var reader = new DatasetReader(this, columns);
        for (long block = range.First; block < range.End; block++)
        {
            (long start, long end) = BytesOf(new(block, block + 1));
            foreach (JsonLine[] chunk in reader.Read(start, end, cancellation).Chunk(MaxChunk))
                yield return chunk;
        }
    }

    /// <summary>The number of rows in some blocks.</summary>
    public long Count(BlockRange range, LineColumns columns, CancellationToken cancellation)
    {
        (long start, long end) = BytesOf(range);
        using var reader = new DatasetReader(this, columns);
        return Pieces(start, end).Sum(piece => reader.Open(piece.File).Count(piece.Start, piece.End, cancellation));
    }

    /// <summary>Rejects an output that later runs would read as a part of the data set.</summary>
    /// <exception cref="UsageException">It is in a folder of the data set or matches a pattern.</exception>
    public void RefuseOutput(string output)
    {
        if (_names.Any(name => name.Includes(output)))
            throw new UsageException($"The output '{output}' would be a file of the data set. Choose another folder.");
    }

    /// <summary>Reads JSON lines until one has a text, and enough for a field that was requested.</summary>
    private void RequireTexts(LineColumns columns, CancellationToken cancellation)
    {
        DatasetFile[] files = [.. Files.Where(file => !LineFile.IsDelimited(file.Path) && !ParquetRows.Is(file.Path))];
        if (files.Length == 0)
            return;
        using var reader = new DatasetReader(this, columns);
        IEnumerable<JsonLine> all = files.SelectMany(file => reader.Open(file).Read(0, file.Length, cancellation));
        bool hasText = false, hasPair = !columns.NeedsPair;
        int count = 0;
        foreach (JsonLine line in columns.In(LineFile.WithTexts($"'{files[0].Path}'", all, columns)))
        {
            (hasText, hasPair) = (hasText || columns.HasText(line), hasPair || columns.HasPair(line));
            if (++count >= LineColumns.Sample && hasText && hasPair)
                return;
        }
    }

    private static long LengthOf(string path)
    {
        long length = FileLength.Of(path);
        if (length > 0)
            return length;
        using FileStream file = File.OpenRead(path);
        return file.CanSeek ? 0 : throw new IOException($"'{path}' is a pipe. Pass JSON lines on standard input instead.");
    }

    private static long BlockSizeOf(DatasetFile? file)
    {
        if (file is null)
            return MaxBlockSize;
        (long bytes, long rows) = (file.Length, 0);
        if (ParquetRows.Is(file.Path))
        {
            rows = ParquetRows.Count(file.Path);
        }
        else
        {
            byte[] sample = new byte[Math.Min(SampleSize, file.Length)];
            using FileStream stream = File.OpenRead(file.Path);
            stream.ReadExactly(sample);
            bytes = sample.Length;
            rows = Math.Max(sample.Count((byte)'\n'), sample.Count((byte)'\r'));
        }
        return Math.Clamp((long)((Int128)bytes * RowsOfBlock / Math.Max(1, rows)), 1, MaxBlockSize);
    }
}

/// <summary>A file of a data set.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Start">The byte of the data set at which it begins.</param>
/// <param name="Length">The number of its bytes.</param>
internal sealed record DatasetFile(string Path, long Start, long Length)
{
    /// <summary>The byte of the data set after its last.</summary>
    public long End => Start + Length;
}
