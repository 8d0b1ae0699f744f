namespace Bert.MLNet.Models;

/// <summary>
/// Tensor names as checkpoints spell them, translated to one spelling: HuggingFace BERT's, without the <c>bert.</c> prefix.
/// </summary>
internal static class CanonicalNames
{
    public const string WordEmbeddings = "embeddings.word_embeddings.weight";
    public const string Decoder = "cls.predictions.decoder.weight";
    public const string DecoderBias = "cls.predictions.bias";

    private static readonly (string DistilBert, string Bert)[] LayerParts =
    [
        ("attention.q_lin", "attention.self.query"),
        ("attention.k_lin", "attention.self.key"),
        ("attention.v_lin", "attention.self.value"),
        ("attention.out_lin", "attention.output.dense"),
        ("sa_layer_norm", "attention.output.LayerNorm"),
        ("ffn.lin1", "intermediate.dense"),
        ("ffn.lin2", "output.dense"),
        ("output_layer_norm", "output.LayerNorm"),
    ];

    private static readonly (string DistilBert, string Bert)[] Heads =
    [
        ("vocab_transform", "cls.predictions.transform.dense"),
        ("vocab_layer_norm", "cls.predictions.transform.LayerNorm"),
        ("vocab_projector.weight", Decoder),
        ("vocab_projector.bias", DecoderBias),
    ];

    private const string DistilBertLayer = "transformer.layer.";
    private const string BertLayer = "encoder.layer.";

    /// <summary>The canonical name of a tensor.</summary>
    /// <param name="name">The name in the file.</param>
    /// <param name="encoder">What the encoder's names begin with in this file: empty, <c>bert.</c>, <c>distilbert.</c> or a wrapper around them.</param>
    public static string Of(string name, string encoder)
    {
        string wrapper = Wrapper(encoder);
        if (name.StartsWith(encoder, StringComparison.Ordinal))
            name = name[encoder.Length..];
        else if (name.StartsWith(wrapper, StringComparison.Ordinal))
            name = name[wrapper.Length..];

        name = Translate(name, DistilBertLayer, BertLayer, part => part.DistilBert, part => part.Bert);
        if (name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal))
            return name[..^"gamma".Length] + "weight";
        if (name.EndsWith("LayerNorm.beta", StringComparison.Ordinal))
            return name[..^"beta".Length] + "bias";
        return name;
    }

    /// <summary>What a file calls the tensor of a canonical name.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="distilBert">Whether the file is DistilBERT's.</param>
    /// <param name="encoder">What the encoder's names begin with in that file.</param>
    public static string InFile(string name, bool distilBert, string encoder)
    {
        string prefix = IsEncoder(name) ? encoder : Wrapper(encoder);
        return prefix + (distilBert ? Translate(name, BertLayer, DistilBertLayer, part => part.Bert, part => part.DistilBert) : name);
    }

    /// <summary>Whether a tensor belongs to the encoder, the pooler included, and not to a head.</summary>
    public static bool IsEncoder(string name) =>
        name.StartsWith("embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.", StringComparison.Ordinal) || name.StartsWith("pooler.", StringComparison.Ordinal);

    /// <summary>What stands before the encoder's names: everything in front of the token embeddings.</summary>
    /// <exception cref="InvalidDataException">The file holds no encoder, or several.</exception>
    public static string EncoderPrefix(IEnumerable<string> names, string file)
    {
        string[] found = [.. names.Where(name => name == WordEmbeddings || name.EndsWith("." + WordEmbeddings, StringComparison.Ordinal)).Take(2)];
        return found switch
        {
            [string name] => name[..^WordEmbeddings.Length],
            [] => throw new InvalidDataException($"'{file}' has no tensor '{WordEmbeddings}', so it holds no BERT. Save the whole model again with save_pretrained."),
            _ => throw new InvalidDataException($"'{file}' holds several encoders: '{found[0]}' and '{found[1]}'. Save the one that you want with save_pretrained."),
        };
    }

    private static string Wrapper(string encoder) =>
        encoder.EndsWith("distilbert.", StringComparison.Ordinal) ? encoder[..^"distilbert.".Length]
        : encoder.EndsWith("bert.", StringComparison.Ordinal) ? encoder[..^"bert.".Length]
        : encoder;

    private static string Translate(string name, string layerFrom, string layerTo, Func<(string DistilBert, string Bert), string> from, Func<(string DistilBert, string Bert), string> to)
    {
        if (!name.StartsWith(layerFrom, StringComparison.Ordinal))
            return Replace(name, Heads, from, to);
        string rest = name[layerFrom.Length..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? name : layerTo + rest[..(dot + 1)] + Replace(rest[(dot + 1)..], LayerParts, from, to);
    }

    private static string Replace(string name, (string DistilBert, string Bert)[] parts, Func<(string DistilBert, string Bert), string> from, Func<(string DistilBert, string Bert), string> to)
    {
        foreach (var part in parts)
        {
            string prefix = from(part);
            if (name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal))
                return to(part) + name[prefix.Length..];
        }
        return name;
    }
}
