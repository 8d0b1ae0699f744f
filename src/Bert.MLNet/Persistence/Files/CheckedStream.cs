using System.IO.Compression;
using System.IO.Hashing;

namespace Bert.MLNet.Persistence;

/// <summary>Reads a zip entry and verifies its checksum, which .NET does not, before it returns the last byte.</summary>
internal sealed class CheckedStream : Stream
{
    // Small enough to remain in the processor's cache for the checksum, and to let other readers take turns.
    private const int Piece = 1 << 18;

    private readonly ZipArchiveEntry _entry;
    private readonly Lock _archive;
    private readonly Stream _source;
    private readonly Crc32 _checksum = new();
    private long _read;

    /// <summary>Opens an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="archive">Locked while the archive is read, because all of its entries share one position.</param>
    public CheckedStream(ZipArchiveEntry entry, Lock archive)
    {
        (_entry, _archive) = (entry, archive);
        lock (archive)
            _source = Open(entry);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _entry.Length;

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..Math.Min(buffer.Length, Piece)];
        int count = Read(buffer, _source);
        _checksum.Append(buffer[..count]);
        _read += count;
        bool ended = count == 0 && buffer.Length > 0;
        if (_read > _entry.Length || ended && _read < _entry.Length)
            throw Damaged($"it does not have the expected {_entry.Length} bytes");
        if (count > 0 && _read == _entry.Length && _checksum.GetCurrentHashAsUInt32() != _entry.Crc32)
            throw Damaged("its checksum is wrong");
        return count;
    }

    /// <summary>Verifies the checksum of the whole entry.</summary>
    /// <exception cref="InvalidDataException">The checksum is wrong.</exception>
    public static void Check(ZipArchiveEntry entry)
    {
        using var stream = new CheckedStream(entry, new Lock());
        stream.CopyTo(Null);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.Dispose();
        base.Dispose(disposing);
    }

    private int Read(Span<byte> buffer, Stream source)
    {
        try
        {
            lock (_archive)
                return source.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw Damaged("it cannot be decompressed", error);
        }
    }

    private Stream Open(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException error)
        {
            throw Damaged("its header cannot be read", error);
        }
    }

    private InvalidDataException Damaged(string why, Exception? cause = null) =>
        new($"'{_entry.FullName}' in the model file is damaged: {why}. Copy the file again, or save the model again.", cause);
}
