using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// A tensor of a checkpoint as a graph wants it: floats as float32, int8 as it is or, where the graph wants unsigned bytes, with 128 added
/// to each value.
/// </summary>
/// <param name="Name">Its canonical name in the checkpoint.</param>
/// <param name="ElementType">Its type in the graph, as ONNX numbers them.</param>
/// <param name="IsTransposed">Whether the graph has the checkpoint's [outputs, inputs] as [inputs, outputs], as its integer products need it.</param>
/// <param name="Shape">Its shape in the graph.</param>
internal sealed record GraphWeight(string Name, int ElementType, bool IsTransposed, int[] Shape)
{
    /// <summary>Bytes in the graph.</summary>
    public long Size => Shape.Aggregate(ElementType == OnnxGraph.Float ? (long)sizeof(float) : sizeof(sbyte), (product, size) => product * size);

    /// <summary>The tensor in the graph's form; the checkpoint's own where it has that form.</summary>
    /// <exception cref="InvalidDataException">The checkpoint's tensor has another shape.</exception>
    public BertTensor Of(BertWeights weights)
    {
        BertTensor tensor = weights[Name];
        int[] due = IsTransposed ? [Shape[1], Shape[0]] : Shape;
        // A column of scales may stand for a vector.
        bool isColumn = due.Length == 1 && tensor.Shape is [_, 1];
        if (!(isColumn ? tensor.Shape.AsSpan(0, 1) : tensor.Shape).SequenceEqual(due))
            throw new InvalidDataException($"Tensor '{tensor.Name}' has the shape {ShapeText.Of(tensor.Shape)}, but the config requires {ShapeText.Of(due)}.");
        return ElementType switch
        {
            OnnxGraph.Float when tensor.Type != TensorType.F32 => ToSingle(tensor),
            OnnxGraph.UInt8 => ToUnsigned(tensor),
            _ => tensor.IsByColumns == IsTransposed ? tensor : Copy(tensor, tensor.Type),
        };
    }

    /// <summary>Memory with the tensor in the graph's form as ONNX Runtime's value, which is valid while somebody holds the memory.</summary>
    public OrtValue Value(nint address, int length) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, (TensorElementType)ElementType /* numbered as in ONNX */, [.. Shape.Select(size => (long)size)], address, length);

    private static BertTensor ToSingle(BertTensor tensor)
    {
        var single = new BertTensor(tensor.Name, TensorType.F32, tensor.Shape);
        tensor.CopyTo(MemoryMarshal.Cast<byte, float>(single.Writable.Span));
        return single;
    }

    private BertTensor ToUnsigned(BertTensor tensor)
    {
        BertTensor unsigned = Copy(tensor, TensorType.U8);
        Span<byte> values = unsigned.Writable.Span;
        TensorPrimitives.Xor(values, IntegerProducts.ZeroPoint, values);
        return unsigned;
    }

    /// <summary>A matrix of bytes in the graph's form, in memory of its own.</summary>
    private BertTensor Copy(BertTensor tensor, TensorType type)
    {
        var copy = new BertTensor(tensor.Name, type, Shape);
        if (tensor.IsByColumns == IsTransposed)
            tensor.Bytes.Span.CopyTo(copy.Writable.Span);
        else
            ByteMatrix.Transpose(tensor.Bytes.Span, rows: Shape[1], columns: Shape[0], copy.Writable.Span);
        return copy;
    }
}
