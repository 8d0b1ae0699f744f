using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Embeddings;

/// <summary>
/// A file of the vectors of one teacher. A header with a hash of the teacher and the number of values is followed by records of the same
/// size: the hash of a text, its vector, and a checksum of both. All numbers are little-endian. For one thread and one process at a time.
/// </summary>
internal sealed class TeacherVectorFile : IDisposable
{
    private const int KeySize = 16, ChecksumSize = sizeof(ulong), HeaderSize = 32;

    // Far more than any model computes.
    private const int MaxValues = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "BMLTEAC1"u8;

    private readonly FileStream _stream;
    private readonly string _path;
    private readonly byte[] _teacher;
    private int _values; // 0 before the first vector

    private TeacherVectorFile(FileStream stream, string path, byte[] teacher) => (_stream, _path, _teacher) = (stream, path, teacher);

    private int RecordSize => KeySize + _values * sizeof(float) + ChecksumSize;

    /// <summary>Opens a file, which is created if it does not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">The teacher and all else that determines its vectors.</param>
    /// <exception cref="IOException">The file cannot be opened, or another process uses it.</exception>
    /// <exception cref="InvalidDataException">The file is not a file of vectors, or its header is damaged.</exception>
    /// <exception cref="InvalidOperationException">The file contains the vectors of another teacher.</exception>
    public static TeacherVectorFile Open(string path, string identity)
    {
        byte[] teacher = XxHash128.Hash(MemoryMarshal.AsBytes<char>(identity));
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
        try
        {
            var file = new TeacherVectorFile(stream, path, teacher);
            file.ReadHeader();
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the vectors of the texts that are requested. A record that was not written to its end is dropped.</summary>
    /// <param name="vectors">The keys of the requested texts; receives their vectors.</param>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    public void Read(Dictionary<UInt128, float[]?> vectors)
    {
        if (_values == 0)
            return;
        long records = (_stream.Length - HeaderSize) / RecordSize;
        _stream.SetLength(HeaderSize + records * RecordSize);
        _stream.Position = HeaderSize;
        byte[] record = new byte[RecordSize];
        for (long number = 0; number < records; number++)
        {
            _stream.ReadExactly(record);
            ReadOnlySpan<byte> content = record.AsSpan(..^ChecksumSize);
            if (XxHash64.HashToUInt64(content) != BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(^ChecksumSize..)))
                throw Damaged($"vector {number + 1} has a wrong checksum");
            UInt128 key = BinaryPrimitives.ReadUInt128LittleEndian(content);
            if (vectors.ContainsKey(key))
                vectors[key] = MemoryMarshal.Cast<byte, float>(content[KeySize..]).ToArray();
        }
    }

    /// <summary>Adds vectors, all of the same number of values.</summary>
    /// <param name="keys">The keys of the texts.</param>
    /// <param name="vectors">Their vectors.</param>
    /// <exception cref="InvalidDataException">The vectors do not have as many values as those in the file.</exception>
    public void Append(UInt128[] keys, float[][] vectors)
    {
        if (_values == 0)
            WriteHeader(vectors[0].Length);
        if (vectors[0].Length != _values)
            throw new InvalidDataException(
                $"The teacher's vectors have {vectors[0].Length} values, but those in '{_path}' have {_values}. Name another file, or " +
                "delete this one.");
        _stream.Seek(0, SeekOrigin.End);
        byte[] record = new byte[RecordSize];
        foreach ((UInt128 key, float[] vector) in keys.Zip(vectors))
        {
            BinaryPrimitives.WriteUInt128LittleEndian(record, key);
            MemoryMarshal.AsBytes<float>(vector).CopyTo(record.AsSpan(KeySize));
            BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(^ChecksumSize..), XxHash64.HashToUInt64(record.AsSpan(..^ChecksumSize)));
            _stream.Write(record);
        }
        _stream.Flush(flushToDisk: true);
    }

    public void Dispose() => _stream.Dispose();

    private void ReadHeader()
    {
        if (_stream.Length == 0)
            return;
        byte[] header = new byte[HeaderSize];
        int length = _stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false);
        if (!header.AsSpan().StartsWith(Magic))
            throw new InvalidDataException(
                $"'{_path}' is not a file of a teacher's vectors, and is not replaced. Name another file, or delete this one.");
        if (length < HeaderSize)
        {
            _stream.SetLength(0);
            return;
        }
        if (!header.AsSpan(Magic.Length, _teacher.Length).SequenceEqual(_teacher))
            throw new InvalidOperationException(
                $"'{_path}' contains the vectors of another teacher, or of the same one with other options. Name another file, or delete " +
                "this one to compute the vectors anew.");
        _values = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(Magic.Length + _teacher.Length));
        if (_values is < 1 or > MaxValues)
            throw Damaged($"its vectors have {_values} values");
    }

    private void WriteHeader(int values)
    {
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header);
        _teacher.CopyTo(header, Magic.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(Magic.Length + _teacher.Length), values);
        _stream.Position = 0;
        _stream.Write(header);
        _values = values;
    }

    private InvalidDataException Damaged(string what) =>
        new($"'{_path}' is damaged: {what}. Delete the file; the vectors are then computed anew.");
}
