using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>
/// Converts weights to symmetric int8 with one scale per output (a row of a matrix, a token of the embeddings): the scale is the row's
/// largest magnitude / 127, a value is round(weight / scale), ties to even, and zero remains zero. Tensors are converted one by one, so
/// that each float matrix can be released before the next.
/// </summary>
internal sealed class WeightQuantizer(BertConfig config, BertQuantizationOptions options, string file)
{
    private readonly HashSet<string> _unknown = [.. options.ModulesToNotConvert];
    private readonly HashSet<string> _tied = [];
    private bool _changed;

    /// <summary>Creates a function that returns the replacement of a tensor: itself, or int8 values and their scales.</summary>
    /// <param name="names">The names of all tensors of the checkpoint.</param>
    /// <remarks>
    /// It throws <see cref="InvalidOperationException"/> for weights that are already int8, and <see cref="InvalidDataException"/> for
    /// weights that are not finite.
    /// </remarks>
    public Func<BertTensor, IEnumerable<BertTensor>> Over(IEnumerable<string> names)
    {
        string encoder = CanonicalNames.EncoderPrefix(names, file, config.Family);
        return tensor => Convert(tensor, encoder);
    }

    /// <summary>Creates a file from the converted tensors, the largest items first, so that each is aligned to its size.</summary>
    /// <exception cref="ArgumentException">A module to leave as it is does not exist, or nothing is left to quantize.</exception>
    public Safetensors ToFile(Safetensors converted)
    {
        if (_unknown.Count > 0)
        {
            throw new ArgumentException(
                $"ModulesToNotConvert contains '{_unknown.First()}', but no module of '{file}' has that name. " +
                "Valid names are those of dense layers, such as 'encoder.layer.0.attention.self.query', of whole layers, and " +
                "'word_embeddings'.");
        }
        return _changed
            ? converted with
            {
                Tensors = [.. converted.Tensors.Where(tensor => !_tied.Contains(tensor.Name))
                    .OrderByDescending(tensor => tensor.Type.Size())],
            }
            : throw new ArgumentException($"ModulesToNotConvert leaves nothing of '{file}' to quantize. Use the model as it is.");
    }

    /// <summary>Whether the name of a module consists of whole parts of a weight's name, canonical or as in the family's files.</summary>
    /// <param name="module">The name of the module.</param>
    /// <param name="name">The canonical name of the weight.</param>
    /// <param name="config">The config.</param>
    public static bool IsPartOf(string module, string name, BertConfig config) =>
        new[] { name, config.Family.Names.ToFile(name) }.Any(spelling => $".{spelling}.".Contains($".{module}.", StringComparison.Ordinal));

    private BertTensor[] Convert(BertTensor tensor, string encoder)
    {
        string name = CanonicalNames.Of(tensor.Name, encoder, config.Family);
        bool kept = IsKept(name);
        if (!QuantizedWeights.MayBe(name) || tensor.Shape.Length != 2)
            return [tensor];
        if (tensor.Type == TensorType.I8)
            throw new InvalidOperationException(
                $"'{file}' is already int8. Quantize the checkpoint that it was created from, or open it without quantization.");
        // The embeddings replace it, so the copy in some files is not written.
        if (name == CanonicalNames.Decoder && config.TieWordEmbeddings)
            _tied.Add(tensor.Name);
        else if (tensor.Type.IsWeight() && !kept)
            return Quantize(tensor, name);
        return [tensor];
    }

    private bool IsKept(string name)
    {
        string[] parts = [.. options.ModulesToNotConvert.Where(part => IsPartOf(part, name, config))];
        _unknown.ExceptWith(parts);
        return parts.Length > 0;
    }

    private BertTensor[] Quantize(BertTensor weight, string name)
    {
        _changed = true;
        int rows = weight.Shape[0], columns = weight.Shape[1];
        float limit = options.ReduceRange ? 64 : 127;
        var values = new BertTensor(weight.Name, TensorType.I8, weight.Shape);
        var scales = new BertTensor(QuantizedWeights.Scale(weight.Name), TensorType.F32, QuantizedWeights.ScaleShape(weight));
        Span<sbyte> quantized = MemoryMarshal.Cast<byte, sbyte>(values.Writable.Span);
        Span<float> scale = MemoryMarshal.Cast<byte, float>(scales.Writable.Span);
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++)
        {
            weight.CopyTo(i * columns, columns, row);
            float largest = columns == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<float>(row));
            if (!float.IsFinite(largest))
                throw FiniteWeights.NotFinite(weight, file);
            float step = largest / limit;
            scale[i] = step == 0 ? 1 : step;
            Span<sbyte> target = quantized.Slice(i * columns, columns);
            for (int j = 0; j < target.Length; j++)
                target[j] = (sbyte)Math.Clamp(MathF.Round(row[j] / scale[i]), -limit, limit);
        }
        return [QuantizedWeights.Arrange(values, name), scales];
    }
}
