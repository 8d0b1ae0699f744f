namespace Bert.MLNet.Models;

/// <summary>
/// The tensors of a checkpoint under HuggingFace BERT's names without the <c>bert.</c> prefix, whatever the file calls
/// them (see <see cref="CanonicalNames"/>). Immutable and thread-safe; the tensors keep their names and item types in the
/// file, and their order.
/// </summary>
internal sealed class BertWeights
{
    private readonly Dictionary<string, BertTensor> _tensors = new(StringComparer.Ordinal);

    private BertWeights(Safetensors content) => Content = content;

    /// <summary>The tensors as the file has them, ready to be written again.</summary>
    public Safetensors Content { get; }

    /// <summary>The names that <see cref="this[string]"/> takes.</summary>
    public IEnumerable<string> Names => _tensors.Keys;

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of that canonical name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public BertTensor this[string name] => _tensors.TryGetValue(name, out BertTensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"The checkpoint has no tensor '{name}'.");

    /// <summary>Gives each tensor of a file its canonical name.</summary>
    /// <exception cref="InvalidDataException">There is no encoder, there are several, or two tensors have one meaning.</exception>
    public static BertWeights FromFile(Safetensors content, string file)
    {
        string prefix = CanonicalNames.EncoderPrefix(content.Tensors.Select(tensor => tensor.Name), file);
        var weights = new BertWeights(content);
        foreach (BertTensor tensor in content.Tensors)
        {
            string name = CanonicalNames.Of(tensor.Name, prefix);
            if (!weights._tensors.TryAdd(name, tensor))
                throw new InvalidDataException($"'{file}' has '{weights._tensors[name].Name}' and '{tensor.Name}', which mean the same tensor. Save the model again with save_pretrained.");
        }
        return weights;
    }

    /// <summary>Weights from float32 values under their canonical names.</summary>
    public static BertWeights Create(IEnumerable<(string Name, int[] Shape, float[] Values)> tensors, TensorType type = TensorType.F32) =>
        FromFile(new Safetensors([.. tensors.Select(tensor => BertTensor.Create(tensor.Name, tensor.Shape, tensor.Values, type))], Safetensors.DefaultMetadata), "weights");
}
