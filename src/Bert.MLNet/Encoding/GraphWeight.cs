using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// A tensor of a checkpoint in the form that a graph requires. Floats are float32, or float16 in files. Int8 values are unchanged or, if
/// the graph requires unsigned bytes, stored with 128 added to each.
/// </summary>
/// <param name="Name">The canonical name of the tensor in the checkpoint.</param>
/// <param name="ElementType">The type in the graph, as ONNX's number.</param>
/// <param name="IsTransposed">Whether the graph stores the checkpoint's [outputs, inputs] as [inputs, outputs], for its integer
/// products.</param>
/// <param name="Shape">The shape in the graph.</param>
internal sealed record GraphWeight(string Name, int ElementType, bool IsTransposed, int[] Shape)
{
    /// <summary>The size in the graph in bytes.</summary>
    public long Size => Shape.Aggregate(
        ElementType switch { OnnxGraph.Float => sizeof(float), OnnxGraph.Float16 => sizeof(ushort), _ => (long)sizeof(sbyte) },
        (product, size) => product * size);

    /// <summary>Gets the tensor in the graph's form, which is the checkpoint's tensor if it already has that form.</summary>
    /// <exception cref="InvalidDataException">The checkpoint's tensor has a different shape.</exception>
    /// <exception cref="NotSupportedException">A value is too large for half precision.</exception>
    public BertTensor Of(BertWeights weights)
    {
        BertTensor tensor = weights[Name];
        int[] due = IsTransposed ? [Shape[1], Shape[0]] : Shape;
        // A column of scales can be used as a vector.
        bool isColumn = due.Length == 1 && tensor.Shape is [_, 1];
        if (!(isColumn ? tensor.Shape.AsSpan(0, 1) : tensor.Shape).SequenceEqual(due))
            throw new InvalidDataException(
                $"Tensor '{tensor.Name}' has the shape {ShapeText.Of(tensor.Shape)}, but the config requires {ShapeText.Of(due)}.");
        return ElementType switch
        {
            OnnxGraph.Float when tensor.Type != TensorType.F32 => ToSingle(tensor),
            OnnxGraph.Float16 when tensor.Type != TensorType.F16 => ToHalf(tensor),
            OnnxGraph.UInt8 => ToUnsigned(tensor),
            _ => tensor.IsByColumns == IsTransposed ? tensor : Copy(tensor, tensor.Type),
        };
    }

    /// <summary>Gets the tensor in the graph's form as an ONNX Runtime value, which is valid while its memory is referenced.</summary>
    public OrtValue Value(nint address, int length) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, (TensorElementType)ElementType /* numbered as in ONNX */,
        [.. Shape.Select(size => (long)size)], address, length);

    private static BertTensor ToSingle(BertTensor tensor)
    {
        var single = new BertTensor(tensor.Name, TensorType.F32, tensor.Shape);
        tensor.CopyTo(MemoryMarshal.Cast<byte, float>(single.Writable.Span));
        return single;
    }

    private static BertTensor ToHalf(BertTensor tensor)
    {
        var values = new float[tensor.Count];
        tensor.CopyTo(values);
        if (TensorPrimitives.MaxMagnitude<float>(values) is var most && Math.Abs(most) > (float)Half.MaxValue)
            throw new NotSupportedException(
                $"Tensor '{tensor.Name}' contains {most}, but half precision ends at {(float)Half.MaxValue}. Save it in single precision.");
        return BertTensor.Create(tensor.Name, tensor.Shape, values, TensorType.F16);
    }

    private BertTensor ToUnsigned(BertTensor tensor)
    {
        BertTensor unsigned = Copy(tensor, TensorType.U8);
        Span<byte> values = unsigned.Writable.Span;
        TensorPrimitives.Xor(values, IntegerProducts.ZeroPoint, values);
        return unsigned;
    }

    /// <summary>Converts a byte matrix to the graph's form, in separate memory.</summary>
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
