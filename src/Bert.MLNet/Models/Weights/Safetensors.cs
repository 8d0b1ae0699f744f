using System.Buffers.Binary;

namespace Bert.MLNet.Models;

/// <summary>
/// The safetensors format: an 8-byte little-endian header length, a JSON header that gives each tensor's type, shape and byte range, and
/// the bytes, which the ranges cover without gap or overlap.
/// </summary>
/// <param name="Tensors">All tensors, in the order of their bytes.</param>
/// <param name="Metadata">The metadata in the header, such as HuggingFace's <c>format: pt</c>.</param>
internal sealed record Safetensors(IReadOnlyList<BertTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>
    /// The maximum number of tensors that are read but not yet converted: enough so that the reader seldom waits, but not all of them.
    /// </summary>
    private const int MaxAhead = 4;

    /// <summary>The metadata that HuggingFace's readers require.</summary>
    public static readonly IReadOnlyDictionary<string, string> DefaultMetadata = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>Creates a function that converts a checkpoint's tensors one by one, on another thread while the next is read.</summary>
    /// <param name="names">The names of all tensors of the checkpoint.</param>
    /// <returns>Returns the replacements of a tensor, which it can keep or change.</returns>
    public delegate Func<BertTensor, IEnumerable<BertTensor>> Conversion(IEnumerable<string> names);

    /// <summary>Creates a function that selects the tensors that share a block of memory, which is freed when all are released.</summary>
    /// <param name="names">The names of all tensors of the checkpoint.</param>
    /// <returns>Returns whether a tensor shares the block, by its name.</returns>
    public delegate Func<string, bool> Neighbours(IEnumerable<string> names);

    /// <summary>Reads all tensors.</summary>
    /// <param name="stream">The file, at its start.</param>
    /// <param name="length">The size of the file in bytes. The header is checked against it before memory is allocated.</param>
    /// <param name="file">The file's name in messages.</param>
    /// <param name="convert">Converts each tensor when it has been read, or null.</param>
    /// <param name="neighbours">Selects the tensors that share a block of memory; null for none.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="NotSupportedException">A tensor has an unknown item type, or more than 2 GB.</exception>
    public static Safetensors Read(Stream stream, long length, string file, Conversion? convert = null, Neighbours? neighbours = null)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (length < prefix.Length)
            throw SafetensorsHeader.Damaged(file, $"it has only {length} bytes");
        ReadExactly(stream, prefix, file);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (prefix.SequenceEqual("version "u8))
            throw new InvalidDataException($"'{file}' is a Git LFS pointer, not a weights file. Run 'git lfs pull' in its folder.");
        if (headerLength > SafetensorsHeader.MaxLength)
            throw SafetensorsHeader.Damaged(
                file, $"it claims a header of {headerLength} bytes, but at most {SafetensorsHeader.MaxLength} are supported");
        long dataLength = length - prefix.Length - (long)headerLength;
        if (dataLength < 0)
            throw SafetensorsHeader.Damaged(file, $"it claims a header of {headerLength} bytes but has {length} bytes in total");

        byte[] json = new byte[(int)headerLength];
        ReadExactly(stream, json, file);
        SafetensorsHeader header = SafetensorsHeader.Parse(json, dataLength, file);

        Func<BertTensor, IEnumerable<BertTensor>> converted = convert?.Invoke(header.Ranges.Select(range => range.Name))
            ?? (tensor => [tensor]);
        Func<string, bool> inBlock = neighbours?.Invoke(header.Ranges.Select(range => range.Name)) ?? (_ => false);
        var block = new Queue<TensorMemory>(
            TensorMemory.AllocateTogether(
                [.. header.Ranges.Where(range => inBlock(range.Name)).Select(range => (int)(range.End - range.Begin))]));
        var tensors = new List<BertTensor>(header.Ranges.Count);
        var conversions = new Queue<Task>();
        Task last = Task.CompletedTask;
        try
        {
            foreach (SafetensorsHeader.Range range in header.Ranges)
            {
                var tensor = new BertTensor(range.Name, range.Type, range.Shape, inBlock(range.Name) ? block.Dequeue() : null);
                ReadExactly(stream, tensor.Writable.Span, file);
                if (conversions.Count == MaxAhead)
                    conversions.Dequeue().GetAwaiter().GetResult();
                Task before = last;
                conversions.Enqueue(last = Task.Run(async () =>
                {
                    await before;
                    tensors.AddRange(converted(tensor));
                }));
            }
        }
        finally
        {
            last.GetAwaiter().GetResult();
        }
        return new Safetensors(tensors, header.Metadata);
    }

    /// <summary>Writes header and bytes, in the order of <see cref="Tensors"/>.</summary>
    public void Write(Stream stream)
    {
        byte[] header = SafetensorsHeader.Format(this);
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (BertTensor tensor in Tensors)
            tensor.WriteTo(stream);
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer, string file)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw SafetensorsHeader.Damaged(file, "it ends before its last tensor");
    }
}
