using System.Buffers.Binary;

namespace Bert.MLNet.Models;

/// <summary>
/// The safetensors format: an 8-byte little-endian header length, a JSON header that gives each tensor's type, shape and
/// byte range, and the bytes, which the ranges cover without gap or overlap.
/// </summary>
/// <param name="Tensors">All tensors, in the order of their bytes.</param>
/// <param name="Metadata">The free text that the header carries; <c>format: pt</c> as HuggingFace writes it.</param>
internal sealed record Safetensors(IReadOnlyList<BertTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Tensors that may be read and not yet converted: enough that the reader seldom waits, few enough that they are not all in memory.</summary>
    private const int MaxAhead = 4;

    /// <summary>What HuggingFace's own readers ask for.</summary>
    public static readonly IReadOnlyDictionary<string, string> DefaultMetadata = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>What is made of a checkpoint's tensors, one by one, on another thread while the next is read.</summary>
    /// <param name="names">The names of all tensors of the checkpoint.</param>
    /// <returns>Gives for a tensor, which it may keep or change, those that take its place.</returns>
    public delegate Func<BertTensor, IEnumerable<BertTensor>> Conversion(IEnumerable<string> names);

    /// <summary>Which of a checkpoint's tensors share a block of memory, so that it goes back whole when they let go of it.</summary>
    /// <param name="names">The names of all tensors of the checkpoint.</param>
    /// <returns>Says it of one by its name.</returns>
    public delegate Func<string, bool> Neighbours(IEnumerable<string> names);

    /// <summary>Reads all tensors.</summary>
    /// <param name="stream">The file, at its start.</param>
    /// <param name="length">Bytes in the file: what the header claims is checked against it before memory is taken.</param>
    /// <param name="file">The file's name in messages.</param>
    /// <param name="convert">What is made of each tensor as soon as it is read; null to keep them as they are.</param>
    /// <param name="neighbours">Which tensors share a block of memory; null: each has its own.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="NotSupportedException">A tensor has an item type that is not known, or more than 2 GB.</exception>
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
            throw SafetensorsHeader.Damaged(file, $"it claims a header of {headerLength} bytes, but at most {SafetensorsHeader.MaxLength} are supported");
        long dataLength = length - prefix.Length - (long)headerLength;
        if (dataLength < 0)
            throw SafetensorsHeader.Damaged(file, $"it claims a header of {headerLength} bytes but has {length} bytes in total");

        byte[] json = new byte[(int)headerLength];
        ReadExactly(stream, json, file);
        SafetensorsHeader header = SafetensorsHeader.Parse(json, dataLength, file);

        Func<BertTensor, IEnumerable<BertTensor>> converted = convert?.Invoke(header.Ranges.Select(range => range.Name)) ?? (tensor => [tensor]);
        Func<string, bool> inBlock = neighbours?.Invoke(header.Ranges.Select(range => range.Name)) ?? (_ => false);
        var block = new Queue<TensorMemory>(TensorMemory.AllocateTogether([.. header.Ranges.Where(range => inBlock(range.Name)).Select(range => (int)(range.End - range.Begin))]));
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
