using Microsoft.ML.Data;

namespace Bert.MLNet.Encoders;

/// <summary>A column that an encoder adds: concatenated outputs of one kind.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Parts">The outputs, several for selected layers.</param>
internal sealed record EncoderOutputColumn(string Name, params IReadOnlyList<EncoderOutput> Parts)
{
    public EncoderOutputKind Kind => Parts[0].Kind;

    /// <summary>Whether rows have the same number of values, whatever their number of tokens.</summary>
    public bool HasFixedSize => Kind is EncoderOutputKind.PoolerOutput or EncoderOutputKind.SequenceLogits;

    /// <summary>Gets the type of the column.</summary>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="length">The number of tokens per row; 0 if it varies.</param>
    public VectorDataViewType Type(BertConfig config, int length)
    {
        IEnumerable<int> part = PartShape(config, length).Select(size => checked((int)size));
        bool ofLayers = Kind is EncoderOutputKind.HiddenStates or EncoderOutputKind.Attentions;
        int[] dimensions = [.. ofLayers ? part.Prepend(Parts.Count) : part];
        return new VectorDataViewType(NumberDataViewType.Single, dimensions);
    }

    /// <summary>The number of values for a row of <paramref name="length"/> tokens.</summary>
    public int Size(BertConfig config, int length) => checked(Parts.Count * PartSize(config, length));

    /// <summary>Copies a row's values from a batch, without its padding.</summary>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="outputs">The computed outputs of the row.</param>
    /// <param name="parts">The positions of the parts among the session's outputs.</param>
    /// <param name="length">The number of its tokens.</param>
    /// <param name="destination">The destination for <see cref="Size"/> values.</param>
    public void Copy(BertConfig config, SequenceOutputs outputs, ReadOnlySpan<int> parts, int length, Span<float> destination)
    {
        int size = PartSize(config, length);
        foreach (int part in parts)
        {
            ReadOnlySpan<float> values = outputs[part];
            if (Kind == EncoderOutputKind.Attentions && length < outputs.PaddedLength)
                CopyCorners(values, outputs.PaddedLength, length, destination[..size]);
            else
                values[..size].CopyTo(destination);
            destination = destination[size..];
        }
    }

    /// <summary>Writes the column's values for a batch into a graph: the outputs, those of layers along a new axis.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="outputs">The values of the encoder's outputs.</param>
    public string Write(OnnxGraph graph, IReadOnlyDictionary<EncoderOutput, string> outputs) =>
        Kind is EncoderOutputKind.HiddenStates or EncoderOutputKind.Attentions
            ? graph.Add("Concat", [.. Parts.Select(part => graph.Add("Unsqueeze", [outputs[part], graph.Integers(1)]))], ("axis", 1L))
            : outputs[Parts[0]];

    private int PartSize(BertConfig config, int length) =>
        checked((int)PartShape(config, length).Aggregate(1L, (product, size) => checked(product * size)));

    private IEnumerable<long> PartShape(BertConfig config, int length) => Parts[0].Shape(config, rows: 1, length, positions: 0).Skip(1);

    /// <summary>Copies the first rows and columns of square matrices.</summary>
    private static void CopyCorners(ReadOnlySpan<float> matrices, int padded, int length, Span<float> destination)
    {
        for (int start = 0; !destination.IsEmpty; start += padded * padded)
        {
            for (int i = 0; i < length; i++)
            {
                matrices.Slice(start + i * padded, length).CopyTo(destination);
                destination = destination[length..];
            }
        }
    }
}
