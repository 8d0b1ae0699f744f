namespace Bert.MLNet.Models;

/// <summary>Divides the tensors of an encoder and a decoder, and joins them.</summary>
/// <remarks>
/// In files, names are those of HuggingFace's <c>EncoderDecoderModel</c>: <c>encoder.</c> and <c>decoder.</c> before the names that each
/// part has alone. In memory, all names are canonical, those of the decoder after <c>decoder.</c> where both are together.
/// </remarks>
internal static class DecoderWeights
{
    /// <summary>The name of the layer from the source's hidden states to the size of the decoder's.</summary>
    public const string Projection = "enc_to_dec_proj";

    /// <summary>What stands before the names of the decoder.</summary>
    public const string Prefix = "decoder.";

    private const string EncoderPrefix = "encoder.", TiedBias = CanonicalNames.DecoderLayer + ".bias";

    /// <summary>Divides the tensors of a file.</summary>
    /// <param name="all">All tensors; those of the encoder under canonical names, the others under those of the file.</param>
    /// <param name="decoder">The decoder's config.</param>
    /// <param name="areShared">Whether a tensor that only one of them has is that of both.</param>
    /// <exception cref="InvalidDataException">A part is missing.</exception>
    public static (BertWeights Encoder, BertWeights Decoder) Divide(
        BertWeights all, BertConfig decoder, bool areShared)
    {
        Dictionary<string, BertTensor> reads = all.Names.Where(name => !IsOfDecoder(all[name].Name))
            .ToDictionary(
                name => IsOfFile(name, all[name]) ? name[EncoderPrefix.Length..] : name, name => all[name], StringComparer.Ordinal);
        Dictionary<string, BertTensor> writes = all.Names.Select(name => all[name]).Where(tensor => IsOfDecoder(tensor.Name))
            .Select(tensor => (Name: CanonicalNames.Of(InDecoder(tensor.Name), decoder.Family.EncoderPrefix, decoder.Family), tensor))
            .ToDictionary(one => one.Name, one => QuantizedWeights.Arrange(one.tensor, one.Name), StringComparer.Ordinal);
        if (areShared)
        {
            foreach ((string name, BertTensor tensor) in reads.Where(tensor => IsShared(tensor.Key)))
                writes.TryAdd(name, tensor);
            foreach ((string name, BertTensor tensor) in writes.Where(tensor => IsShared(tensor.Key)))
                reads[name] = tensor;
        }
        return (Create(reads, all.FileName), Create(writes, all.FileName));

        // If the file has the shared tensors under the names of the decoder only, those of the encoder are not recognized.
        static bool IsOfFile(string name, BertTensor tensor) =>
            name == tensor.Name && name.StartsWith(EncoderPrefix, StringComparison.Ordinal);
    }

    /// <summary>Checks the values of the decoder's tensors, and the layer between the sizes of hidden states.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, has another shape, or is not finite.</exception>
    public static void Check(BertConfig encoder, BertConfig decoder, BertWeights weights)
    {
        foreach (string name in weights.Names)
        {
            if (!FiniteWeights.AreFinite(weights[name]))
                throw FiniteWeights.NotFinite(weights[name], weights.FileName);
        }
        if (encoder.HiddenSize == decoder.HiddenSize)
            return;
        foreach ((string name, int[] shape) in new[]
        {
            (Projection + ".weight", new[] { decoder.HiddenSize, encoder.HiddenSize }), (Projection + ".bias", [decoder.HiddenSize]),
        })
        {
            if (!weights.Contains(name) || !weights[name].Type.IsWeight() || !weights[name].Shape.AsSpan().SequenceEqual(shape))
                throw new InvalidDataException(
                    $"'{weights.FileName}' has no weights '{name}' of the shape {ShapeText.Of(shape)}, which config.json requires: " +
                    $"hidden states have {encoder.HiddenSize} values in the encoder and {decoder.HiddenSize} in the decoder. Check that " +
                    "config.json belongs to these weights.");
        }
    }

    /// <summary>Divides tensors under canonical names, those of the decoder after its prefix; null if there are none of it.</summary>
    /// <param name="all">All tensors.</param>
    /// <param name="areShared">Whether the decoder also has the tensors of the encoder.</param>
    public static (BertWeights Encoder, BertWeights? Decoder) Divide(BertWeights all, bool areShared)
    {
        BertTensor[] decoder =
        [
            .. all.Names.Where(IsOfDecoder).Select(name => all[name].Rename(name[Prefix.Length..])),
            .. all.Names.Where(name => areShared && IsShared(name) && !IsOfDecoder(name)).Select(name => all[name].Rename(name)),
        ];
        return !all.Names.Any(IsOfDecoder)
            ? (all, null)
            : (BertWeights.Create(all.Names.Where(name => !IsOfDecoder(name)).Select(name => all[name].Rename(name)), all.FileName),
                BertWeights.Create(decoder, all.FileName));
    }

    /// <summary>Joins the weights of both under canonical names, those of the decoder after its prefix.</summary>
    public static BertWeights Join(BertWeights encoder, BertDecoder decoder) => BertWeights.Create(
    [
        .. encoder.Names.Where(CanonicalNames.IsEncoder).Select(name => encoder[name].Rename(name)),
        .. decoder.Weights.Names.Select(name => decoder.Weights[name].Rename(Prefix + name)),
    ], encoder.FileName);

    /// <summary>Creates the file of an encoder and its decoder. A tensor that they share is written once.</summary>
    public static Safetensors ToFile(BertModel model)
    {
        BertDecoder decoder = model.Decoder!;
        IEnumerable<BertTensor> reads = model.Weights!.Names
            .Where(name => CanonicalNames.IsEncoder(name) && !(decoder.SharesEncoder && decoder.Weights.Contains(name)))
            .Select(name => model.Weights[name].Rename(EncoderPrefix + CanonicalNames.InFile(name, "", model.Config.Family)));
        string prefix = decoder.Config.Family.EncoderPrefix;
        IEnumerable<BertTensor> writes = decoder.Weights.Names
            .Where(name => name != TiedBias && !(decoder.Config.TieWordEmbeddings
                && (name == CanonicalNames.Decoder || name == QuantizedWeights.Scale(CanonicalNames.Decoder))))
            .Select(name => decoder.Weights[name].Rename(
                name.StartsWith(Projection, StringComparison.Ordinal)
                    ? name
                    : Prefix + CanonicalNames.InFile(name, prefix, decoder.Config.Family)));
        // The largest items first, so that each is aligned to its size.
        return new Safetensors(
            [.. reads.Concat(writes).OrderByDescending(tensor => tensor.Type.Size()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)],
            Safetensors.DefaultMetadata);
    }

    private static bool IsOfDecoder(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) || name.StartsWith(Projection + ".", StringComparison.Ordinal);

    private static string InDecoder(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    /// <summary>Whether a tensor of one of two that share their weights is also one of the other.</summary>
    private static bool IsShared(string name) => CanonicalNames.IsEncoder(name)
        && !name.StartsWith("pooler.", StringComparison.Ordinal)
        && !name.Contains("." + CanonicalNames.CrossAttention, StringComparison.Ordinal);

    private static BertWeights Create(Dictionary<string, BertTensor> tensors, string file) =>
        BertWeights.Create(tensors.Select(tensor => tensor.Value.Rename(tensor.Key)), file);
}
