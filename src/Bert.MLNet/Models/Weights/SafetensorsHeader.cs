using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bert.MLNet.Models;

/// <summary>The JSON header of a safetensors file, checked against the bytes that follow it.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsHeader.Range> Ranges, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>
    /// The maximum size of the header in bytes. The format allows 100 MB, but the header of a BERT has less than 1 MB, and each tensor
    /// needs more memory than its entry in the file.
    /// </summary>
    public const int MaxLength = 16_000_000;

    private const int MaxRank = 64;
    private const string MetadataKey = "__metadata__";

    // The name of a weight is not escaped, as in safetensors' own writer.
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The byte range of a tensor.</summary>
    public sealed record Range(string Name, TensorType Type, int[] Shape, long Begin, long End);

    /// <summary>
    /// Reads the header, and checks that every byte of the data belongs to exactly one tensor, in the order of <see cref="Ranges"/>.
    /// </summary>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        var ranges = new List<Range>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(json);
            Expect(ref reader, JsonTokenType.StartObject, file);
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (!names.Add(name))
                    throw Damaged(file, $"its header names '{name}' twice");
                if (name == MetadataKey)
                    ReadMetadata(ref reader, metadata, file);
                else
                    ranges.Add(ReadRange(ref reader, name, file));
            }
            // Only padding can follow the object; the reader throws for anything else.
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Damaged(file, "its header is not valid safetensors JSON", exception);
        }
        ranges.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckCover(ranges, dataLength, file);
        return new SafetensorsHeader(ranges, metadata);
    }

    /// <summary>Formats the header like safetensors' own writer: compact, metadata first, padded with spaces to 8 bytes.</summary>
    public static byte[] Format(Safetensors content)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Style))
        {
            writer.WriteStartObject();
            if (content.Metadata.Count > 0)
            {
                writer.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in content.Metadata)
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            long offset = 0;
            foreach (BertTensor tensor in content.Tensors)
            {
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", tensor.Type.ToString());
                writer.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += tensor.Bytes.Length);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    public static InvalidDataException Damaged(string file, string why, Exception? inner = null) =>
        new($"'{file}' is damaged: {why}. Copy or download the file again.", inner);

    private static Range ReadRange(ref Utf8JsonReader reader, string name, string file)
    {
        string? typeName = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, file);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Next(ref reader);
            switch (key)
            {
                case "dtype": typeName = reader.GetString(); break;
                case "shape": shape = ReadSizes(ref reader, name, file); break;
                case "data_offsets": offsets = ReadSizes(ref reader, name, file); break;
                default: reader.Skip(); break;
            }
        }
        if (typeName is null || shape is null || offsets is not [long begin, long end])
            throw Damaged(file, $"tensor '{name}' in its header lacks a dtype, a shape or a pair of data_offsets");
        if (!Enum.TryParse(typeName, out TensorType type) || type.ToString() != typeName)
            throw new NotSupportedException(
                $"Tensor '{name}' in '{file}' has the item type '{typeName}', which is not supported. Save the model in float32, float16 " +
                "or bfloat16.");

        Int128 count = 1;
        foreach (long size in shape)
            count = Int128.Min(count * size, long.MaxValue);
        if (begin > end || count * type.Size() != end - begin)
            throw Damaged(file, $"tensor '{name}' of type {type} and shape {ShapeText.Of(shape)} does not match its bytes {begin} to " +
                $"{end}");
        // Computations use float32, regardless of the type in the file.
        Int128 bytes = count * (type.IsWeight() ? TensorType.F32 : type).Size();
        if (bytes > TensorMemory.MaxBytes || shape.Exists(size => size > int.MaxValue))
            throw new NotSupportedException(
                $"Tensor '{name}' in '{file}' has {bytes} bytes in memory, but at most 2 GB are supported for one tensor. Use a " +
                "checkpoint with a smaller vocabulary.");
        return new Range(name, type, [.. shape.Select(size => (int)size)], begin, end);
    }

    private static List<long> ReadSizes(ref Utf8JsonReader reader, string name, string file)
    {
        var sizes = new List<long>();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Damaged(file, $"tensor '{name}' in its header has a shape or data_offsets that is not a list");
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (!reader.TryGetInt64(out long size) || size < 0)
                throw Damaged(file, $"tensor '{name}' in its header has a size that is not a non-negative integer");
            sizes.Add(size);
            if (sizes.Count > MaxRank)
                throw Damaged(file, $"tensor '{name}' in its header has more than {MaxRank} dimensions");
        }
        return sizes;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string file)
    {
        Expect(ref reader, JsonTokenType.StartObject, file);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Next(ref reader);
            metadata[key] = reader.GetString() ?? "";
        }
    }

    private static void CheckCover(List<Range> ranges, long dataLength, string file)
    {
        long end = 0;
        foreach (Range range in ranges)
        {
            if (range.Begin != end)
                throw Damaged(file, $"tensor '{range.Name}' starts at byte {range.Begin} of the data instead of {end}, so tensors " +
                    "overlap or leave a gap");
            end = range.End;
        }
        if (end > dataLength)
            throw Damaged(file, $"it is truncated: its tensors have {end} bytes, but there are only {dataLength}");
        if (end < dataLength)
            throw Damaged(file, $"{dataLength - end} bytes follow its last tensor");
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new JsonException("The JSON is incomplete.");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string file)
    {
        if (Next(ref reader) != type)
            throw Damaged(file, $"its header has {reader.TokenType} instead of {type}");
    }
}
