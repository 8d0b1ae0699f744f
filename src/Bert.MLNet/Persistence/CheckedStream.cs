using System.IO.Compression;
using System.IO.Hashing;

namespace Bert.MLNet.Persistence;

/// <summary>A zip's entry, read from start to end, whose last byte is only given if all fit the checksum: .NET does not compare it.</summary>
internal sealed class CheckedStream(ZipArchiveEntry entry) : Stream
{
    private readonly Stream _source = entry.Open();
    private readonly Crc32 _checksum = new();
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => entry.Length;

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int count = _source.Read(buffer);
        _checksum.Append(buffer[..count]);
        _read += count;
        bool ended = count == 0 && buffer.Length > 0;
        if (_read > entry.Length || ended && _read < entry.Length)
            throw Damaged($"it does not have the {entry.Length} bytes that the file says");
        if (count > 0 && _read == entry.Length && _checksum.GetCurrentHashAsUInt32() != entry.Crc32)
            throw Damaged("its bytes do not fit its checksum");
        return count;
    }

    /// <summary>Compares the whole entry with its checksum.</summary>
    /// <exception cref="InvalidDataException">It does not fit.</exception>
    public static void Check(ZipArchiveEntry entry)
    {
        using var stream = new CheckedStream(entry);
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

    private InvalidDataException Damaged(string why) =>
        new($"'{entry.FullName}' in the model file is damaged: {why}. Copy the file again, or save the model again.");
}
