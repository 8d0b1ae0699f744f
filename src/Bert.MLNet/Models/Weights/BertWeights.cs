using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>
/// The tensors of a checkpoint under the names of HuggingFace's BERT without the <c>bert.</c> prefix, regardless of their names in the file
/// (see <see cref="CanonicalNames"/>). Immutable and thread-safe. The tensors keep their names, item types and order in the file.
/// </summary>
internal sealed class BertWeights
{
    private readonly Dictionary<string, BertTensor> _tensors;
    private readonly Safetensors? _file;
    private readonly string _fileName;
    private readonly string _prefix;

    private BertWeights(Dictionary<string, BertTensor> tensors, Safetensors? file, string fileName, string prefix) =>
        (_tensors, _file, _fileName, _prefix) = (tensors, file, fileName, prefix);

    /// <summary>The name of their file in messages.</summary>
    public string FileName => _fileName;

    /// <summary>
    /// Whether the layers' matrices are released once they are packed, because they were read with <see cref="InferenceOnly"/> on.
    /// </summary>
    public bool GoWhenPacked { get; init; }

    /// <summary>The names that <see cref="this[string]"/> accepts.</summary>
    public IEnumerable<string> Names => _tensors.Keys;

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Whether a weight is int8 and has scales.</summary>
    public bool HasQuantized(string name) => QuantizedWeights.IsQuantized(_tensors, name);

    /// <summary>Whether any weight is int8.</summary>
    public bool AreQuantized => _tensors.Keys.Any(HasQuantized);

    /// <summary>Gets the tensor with a canonical name.</summary>
    /// <exception cref="KeyNotFoundException">The tensor does not exist.</exception>
    public BertTensor this[string name] => _tensors.TryGetValue(name, out BertTensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"The checkpoint has no tensor '{name}'.");

    /// <summary>Maps the tensors of a file to their canonical names.</summary>
    /// <exception cref="InvalidDataException">There is no encoder, there are several, or two tensors have the same canonical
    /// name.</exception>
    /// <exception cref="NotSupportedException">The file has an adapter's tensors.</exception>
    public static BertWeights FromFile(Safetensors file, string fileName, ModelFamily family, bool goWhenPacked = false) =>
        new(Canonical(file.Tensors, fileName, family, out string prefix), file, fileName, prefix) { GoWhenPacked = goWhenPacked };

    /// <summary>Creates weights from float32 values by canonical name. They are saved under HuggingFace's names.</summary>
    public static BertWeights Create(IEnumerable<(string Name, int[] Shape, float[] Values)> tensors) =>
        Create(tensors.Select(tensor => BertTensor.Create(tensor.Name, tensor.Shape, tensor.Values)));

    /// <summary>
    /// Creates weights that do not come from a file of their own, by canonical name. They are saved under HuggingFace's names.
    /// </summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="source">Where they come from, for messages.</param>
    public static BertWeights Create(IEnumerable<BertTensor> tensors, string source = "the weights") =>
        new(Canonical([.. tensors], source, ModelFamilies.Get(ModelFamilies.DefaultModelType), out string prefix), null, source, prefix);

    /// <summary>Removes the tensors whose canonical names have a prefix, from weights that do not come from a file.</summary>
    public BertWeights Without(string prefix) => new(
        _tensors.Where(tensor => !tensor.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal),
        null, _fileName, _prefix);

    /// <summary>Replaces the values of a tensor, in weights that do not come from a file.</summary>
    public BertWeights With(string name, float[] values) => new(
        new(_tensors, StringComparer.Ordinal) { [name] = BertTensor.Create(this[name].Name, this[name].Shape, values) },
        null, _fileName, _prefix);

    /// <summary>Converts the weights to int8.</summary>
    /// <inheritdoc cref="WeightQuantizer.ToFile" path="/exception"/>
    public BertWeights Quantize(BertConfig config, BertQuantizationOptions options)
    {
        Safetensors file = ToFile(config);
        var quantizer = new WeightQuantizer(config, options, _fileName);
        return FromFile(quantizer.ToFile(
            file with
            {
                Tensors = [.. file.Tensors.SelectMany(quantizer.Over(file.Tensors.Select(tensor => tensor.Name)))],
            }), _fileName, config.Family);
    }

    /// <summary>Selects the weights that a config requires, with tied weights and without incomplete heads.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    /// <exception cref="NotSupportedException">The item type of a weight is not a float type, or the family is not supported.</exception>
    public BertWeights For(BertConfig config)
    {
        ModelFamilies.Get(config.ModelType);
        var tensors = new Dictionary<string, BertTensor>(_tensors, StringComparer.Ordinal);
        if (config.TieWordEmbeddings
            && config.Head(HeadKind.MaskedLM) is { } maskedWords && tensors.ContainsKey(maskedWords.Layers[0].Weight)
            && tensors.TryGetValue(CanonicalNames.WordEmbeddings, out BertTensor? words))
        {
            tensors[CanonicalNames.Decoder] = words;
            if (tensors.TryGetValue(QuantizedWeights.Scale(CanonicalNames.WordEmbeddings), out BertTensor? scale))
                tensors[QuantizedWeights.Scale(CanonicalNames.Decoder)] = scale;
        }
        if (tensors.TryGetValue("cls.predictions.decoder.bias", out BertTensor? bias))
            tensors.TryAdd(CanonicalNames.DecoderBias, bias);

        foreach ((string name, int[] shape) in ExpectedTensors.Encoder(config))
            Check(tensors, name, shape, config);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        var partial = new List<string>();
        foreach ((bool needed, HeadLayer layer) in ExpectedTensors.HeadLayers(config))
        {
            if (needed)
            {
                foreach ((string name, int[] shape) in layer.Tensors)
                    Check(tensors, name, shape, config);
            }
            bool isWhole = needed || layer.Tensors.All(tensor => tensors.TryGetValue(tensor.Name, out BertTensor? found)
                && (found.Type.IsWeight() || QuantizedWeights.IsQuantized(tensors, tensor.Name))
                && found.Shape.AsSpan().SequenceEqual(tensor.Shape));
            foreach ((string name, _) in layer.Tensors)
            {
                if (isWhole)
                    whole.Add(name);
                else
                    partial.Add(name);
            }
        }
        // Layers of several heads may have one name.
        foreach (string name in partial.Where(name => !whole.Contains(name)))
            tensors.Remove(name);
        return new BertWeights(tensors, _file, _fileName, _prefix) { GoWhenPacked = GoWhenPacked };
    }

    /// <summary>
    /// Releases the memory of the layers' matrices. Existing references remain valid, but the matrices can no longer be read.
    /// </summary>
    public void LetGoOfLayers()
    {
        foreach ((_, BertTensor tensor) in _tensors.Where(tensor => QuantizedWeights.IsOfLayer(tensor.Key)))
            tensor.LetGo();
    }

    /// <summary>Creates a file from the tensors: as they were read, or under HuggingFace's names for the config's model type.</summary>
    public Safetensors ToFile(BertConfig config)
    {
        if (_file is not null)
            return _file;
        bool hasHead = _tensors.Keys.Any(name => !CanonicalNames.IsEncoder(name));
        IEnumerable<BertTensor> tensors = _tensors
            .Where(tensor => !(config.TieWordEmbeddings && tensor.Key == CanonicalNames.Decoder))
            .GroupBy(tensor => CanonicalNames.InFile(tensor.Key, hasHead ? config.Family.EncoderPrefix : "", config.Family),
                tensor => (tensor.Key, tensor.Value))
            .Select(parts => FusedTensors.Join(parts.Key, parts));
        return new Safetensors([.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)], Safetensors.DefaultMetadata);
    }

    private static Dictionary<string, BertTensor> Canonical(
        IReadOnlyList<BertTensor> tensors, string file, ModelFamily family, out string prefix)
    {
        prefix = CanonicalNames.EncoderPrefix(tensors.Select(tensor => tensor.Name), file, family);
        var canonical = new Dictionary<string, BertTensor>(StringComparer.Ordinal);
        foreach (BertTensor tensor in tensors)
        {
            if (tensor.Name.Contains(".lora_", StringComparison.Ordinal) || tensor.Name.Contains(".adapters.", StringComparison.Ordinal))
                throw new NotSupportedException(
                    $"'{file}' has the adapter tensor '{tensor.Name}'; adapters are not supported. Merge it in Python: " +
                    "model.merge_and_unload().save_pretrained(FOLDER).");
            string name = CanonicalNames.Of(tensor.Name, prefix, family);
            foreach ((string part, BertTensor one) in FusedTensors.Split(name, tensor, file))
            {
                if (!canonical.TryAdd(part, one))
                    throw new InvalidDataException(
                        $"'{file}' has '{canonical[part].Name}' and '{tensor.Name}', which are the same tensor. Save the model again " +
                        "with save_pretrained.");
            }
        }
        return canonical;
    }

    private void Check(Dictionary<string, BertTensor> tensors, string name, int[] shape, BertConfig config)
    {
        if (!tensors.TryGetValue(name, out BertTensor? tensor))
        {
            throw new InvalidDataException(
                $"'{_fileName}' has no tensor '{CanonicalNames.InFile(name, _prefix, config.Family)}', which config.json requires (shape " +
                $"{ShapeText.Of(shape)}). " +
                "Check that config.json belongs to these weights, or save the model again with save_pretrained.");
        }
        if (!tensor.Type.IsWeight() && !QuantizedWeights.IsQuantized(tensors, name))
        {
            throw new NotSupportedException(tensor.Type == TensorType.I8 && QuantizedWeights.MayBe(name)
                ? $"Tensor '{tensor.Name}' in '{_fileName}' is int8, but its scales '{QuantizedWeights.Scale(tensor.Name)}' of the shape " +
                    $"[{shape[0]}, 1] are missing. Quantize the float model again."
                : $"Tensor '{tensor.Name}' in '{_fileName}' has the item type {tensor.Type}; weights must be F32, F16 or BF16. Save the " +
                    "model in float32 or float16.");
        }
        if (!tensor.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new InvalidDataException(
                $"Tensor '{tensor.Name}' in '{_fileName}' has the shape {ShapeText.Of(tensor.Shape)}, but config.json requires " +
                $"{ShapeText.Of(shape)}. " +
                "Check that config.json belongs to these weights.");
        }
    }
}
