using System.Globalization;
using Bert.MLNet.Files;
using Bert.MLNet.Persistence;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Models;

/// <summary>
/// Reads ONNX graphs whose weights are in separate files, as exporters write large ones: <c>model.onnx</c> and <c>model.onnx_data</c>.
/// </summary>
internal static class OnnxExternalData
{
    private const long External = 1;

    /// <summary>The maximum size of a protobuf message, and therefore of a graph.</summary>
    private const long MaxLength = int.MaxValue - 64;

    /// <summary>A part of the graph to write: bytes, or their position in a file.</summary>
    private readonly record struct Part(ReadOnlyMemory<byte> Bytes, string? File = null, long Offset = 0, long External = 0)
    {
        public long Length => Bytes.Length + External;
    }

    /// <summary>
    /// Returns the graph with all weights inside, or the graph itself if they already are, or if it is not an ONNX graph.
    /// </summary>
    /// <param name="graph">The bytes of the graph.</param>
    /// <param name="files">The checkpoint's files.</param>
    /// <param name="path">The path of the graph.</param>
    /// <exception cref="FileNotFoundException">A file with weights is missing.</exception>
    /// <exception cref="InvalidDataException">A tensor is outside its file, or its file is outside the folder.</exception>
    /// <exception cref="NotSupportedException">The graph with its weights would have more than 2 GB.</exception>
    public static byte[] Inline(byte[] graph, FileSource files, string path)
    {
        List<Part> parts;
        try
        {
            parts = ReadModel(graph, files, path);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return graph; // ONNX Runtime reports what is wrong with it
        }
        if (parts.TrueForAll(part => part.File is null))
            return graph;
        long length = parts.Sum(part => part.Length);
        if (length > MaxLength)
            throw new NotSupportedException(
                $"The graph '{files.Describe(path)}' has {length} bytes including its weights, but at most 2 GB are supported. Export it " +
                $"in float16, or add {WeightFiles.Single} to the folder.");

        byte[] whole = GC.AllocateUninitializedArray<byte>((int)length);
        var streams = new Dictionary<string, Stream>();
        try
        {
            int position = 0;
            foreach (Part part in parts)
            {
                Span<byte> target = whole.AsSpan(position, (int)part.Length);
                if (part.File is { } file)
                {
                    if (!streams.TryGetValue(file, out Stream? stream))
                        streams.Add(file, stream = files.Open(file));
                    stream.Seek(part.Offset, SeekOrigin.Begin);
                    stream.ReadExactly(target);
                }
                else
                {
                    part.Bytes.Span.CopyTo(target);
                }
                position += target.Length;
            }
        }
        finally
        {
            foreach (Stream stream in streams.Values)
                stream.Dispose();
        }
        return whole;
    }

    private static List<Part> ReadModel(ReadOnlyMemory<byte> model, FileSource files, string path)
    {
        var parts = new List<Part>();
        foreach (ProtoField field in ProtoField.Read(model))
        {
            if (field.Number != ModelGraph)
            {
                parts.Add(new Part(field.Whole));
                continue;
            }
            List<Part> graph = [.. ProtoField.Read(field.Value)
                .SelectMany(part => part.Number == GraphInitializer ? Initializer(part, files, path) : [new Part(part.Whole)])];
            parts.Add(new Part(new ProtoMessage().Begin(ModelGraph, graph.Sum(part => part.Length)).Bytes.ToArray()));
            parts.AddRange(graph);
        }
        return parts;
    }

    private static Part[] Initializer(ProtoField field, FileSource files, string path)
    {
        ProtoField[] tensor = [.. ProtoField.Read(field.Value)];
        if (!Array.Exists(tensor, part => part.Number == TensorDataLocation && part.Integer == External))
            return [new Part(field.Whole)];
        string name = tensor.Where(part => part.Number == TensorName).Select(part => part.Text).LastOrDefault("");
        Part data = Find(name, Entries(tensor), files, path);

        var header = new ProtoMessage();
        foreach (ProtoField kept in tensor.Where(part => part.Number is not (TensorDataLocation or TensorExternalData)))
            header.Append(kept.Whole.Span);
        header.Begin(TensorBytes, data.Length);
        return [new Part(new ProtoMessage().Begin(GraphInitializer, header.Bytes.Length + data.Length).Append(header.Bytes)
            .Bytes.ToArray()), data];
    }

    private static Dictionary<string, string> Entries(ProtoField[] tensor)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ProtoField entry in tensor.Where(part => part.Number == TensorExternalData))
        {
            ProtoField[] pair = [.. ProtoField.Read(entry.Value)];
            entries[pair.Where(part => part.Number == EntryKey).Select(part => part.Text).LastOrDefault("")] =
                pair.Where(part => part.Number == EntryValue).Select(part => part.Text).LastOrDefault("");
        }
        return entries;
    }

    /// <summary>The position of a tensor's bytes, checked against the file before memory is allocated.</summary>
    private static Part Find(string tensor, Dictionary<string, string> entries, FileSource files, string path)
    {
        string graph = files.Describe(path);
        string location = CheckpointPath.Check(entries.GetValueOrDefault("location", ""), graph);
        string file = path[..(path.LastIndexOf('/') + 1)] + location;
        if (!files.Contains(file))
            throw new FileNotFoundException(
                $"'{graph}' stores the tensor '{tensor}' in '{location}', which is not beside it. Copy or download the whole checkpoint.",
                files.Describe(file));
        long available = files.Length(file);
        bool isOffset = Number("offset", 0, out long offset), isLength = Number("length", available - offset, out long length);
        if (!isOffset || !isLength || offset > available || length > available - offset)
            throw new InvalidDataException(
                $"The bytes of tensor '{tensor}' in '{graph}' are beyond the end of '{files.Describe(file)}', which has {available} " +
                "bytes. Copy or download both files again.");
        return new Part(default, file, offset, length);

        bool Number(string key, long absent, out long value)
        {
            value = absent;
            return !entries.TryGetValue(key, out string? text)
                || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
    }
}
