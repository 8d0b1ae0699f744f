using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>Checks that float weights are finite: others make every result NaN, or silently wrong.</summary>
internal static class FiniteWeights
{
    /// <summary>Checks the tensors that a model uses while they are read. Unused tensors can contain anything.</summary>
    /// <param name="config">The checkpoint's config.</param>
    /// <param name="file">The name of their file in messages.</param>
    /// <param name="next">The next conversion of the tensors.</param>
    /// <remarks>It throws <see cref="InvalidDataException"/> for a weight with a value that is not a finite number.</remarks>
    public static Safetensors.Conversion Checked(BertConfig config, string file, Safetensors.Conversion next) => names =>
    {
        Func<BertTensor, IEnumerable<BertTensor>> convert = next(names);
        string encoder = CanonicalNames.EncoderPrefix(names, file, config.Family);
        HashSet<string> present = [.. names.SelectMany(name => FusedTensors.Parts(CanonicalNames.Of(name, encoder, config.Family)))];
        // Up to the first missing tensor, which is an error anyway: a config can claim any number of layers.
        HashSet<string> expected =
        [
            .. ExpectedTensors.Encoder(config).Select(tensor => tensor.Name).TakeWhile(present.Contains),
            .. ExpectedTensors.HeadLayers(config).SelectMany(head => head.Layer.Tensors).Select(tensor => tensor.Name),
        ];
        expected.UnionWith([.. expected.Where(QuantizedWeights.MayBe).Select(QuantizedWeights.Scale)]);
        return tensor =>
        {
            if (FusedTensors.Parts(CanonicalNames.Of(tensor.Name, encoder, config.Family)).Any(expected.Contains) && !AreFinite(tensor))
                throw NotFinite(tensor, file);
            return convert(tensor);
        };
    };

    /// <summary>Creates the error about a tensor with NaN or infinity.</summary>
    public static InvalidDataException NotFinite(BertTensor tensor, string file) => new(
        $"Tensor '{tensor.Name}' in '{file}' contains NaN or infinity; weights must be finite numbers. Copy or download the checkpoint " +
        "again. " +
        "If it comes from a training that diverged, train again with a lower learning rate.");

    /// <summary>
    /// Whether all values of a tensor are finite: in floats, no value has all bits of its exponent set. Values of other types are always
    /// finite.
    /// </summary>
    public static bool AreFinite(BertTensor tensor)
    {
        ReadOnlySpan<byte> bytes = tensor.Bytes.Span;
        return tensor.Type switch
        {
            TensorType.F32 => NoneHas(0x7F80_0000u, MemoryMarshal.Cast<byte, uint>(bytes)),
            TensorType.F16 => NoneHas<ushort>(0x7C00, MemoryMarshal.Cast<byte, ushort>(bytes)),
            TensorType.BF16 => NoneHas<ushort>(0x7F80, MemoryMarshal.Cast<byte, ushort>(bytes)),
            _ => true,
        };
    }

    // Called once for each weight of a checkpoint, too seldom for tiered compilation to optimize it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool NoneHas<T>(T exponent, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        Vector<T> exponents = Vector.Create(exponent);
        int vectors = values.Length / Vector<T>.Count;
        for (int i = 0; i < vectors; i++)
        {
            if (Vector.EqualsAny(Vector.Create(values[(i * Vector<T>.Count)..]) & exponents, exponents))
                return false;
        }
        foreach (T value in values[(vectors * Vector<T>.Count)..])
        {
            if ((value & exponent) == exponent)
                return false;
        }
        return true;
    }
}
