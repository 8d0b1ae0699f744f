namespace Bert.MLNet.Models;

/// <summary>DistilBERT's own names for what BERT has too. Names that are no part of a layer or a head are the same in both.</summary>
internal static class DistilBertNames
{
    private const string Layer = "transformer.layer.";
    private const string BertLayer = "encoder.layer.";

    private static readonly (string From, string To)[] LayerParts =
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

    private static readonly (string From, string To)[] Heads =
    [
        ("vocab_transform", "cls.predictions.transform.dense"),
        ("vocab_layer_norm", "cls.predictions.transform.LayerNorm"),
        ("vocab_projector.weight", CanonicalNames.Decoder),
        ("vocab_projector.weight_scale", QuantizedWeights.Scale(CanonicalNames.Decoder)),
        ("vocab_projector.bias", CanonicalNames.DecoderBias),
    ];

    private static readonly (string From, string To)[] LayerPartsBack = [.. LayerParts.Select(part => (part.To, part.From))];

    private static readonly (string From, string To)[] HeadsBack = [.. Heads.Select(part => (part.To, part.From))];

    public static string ToBert(string name) => Translate(name, Layer, BertLayer, LayerParts, Heads);

    public static string FromBert(string name) => Translate(name, BertLayer, Layer, LayerPartsBack, HeadsBack);

    private static string Translate(string name, string layerFrom, string layerTo, (string From, string To)[] layerParts, (string From, string To)[] heads)
    {
        if (!name.StartsWith(layerFrom, StringComparison.Ordinal))
            return Replace(name, heads);
        string rest = name[layerFrom.Length..];
        int number = rest.IndexOf('.', StringComparison.Ordinal) + 1;
        return layerTo + rest[..number] + Replace(rest[number..], layerParts);
    }

    private static string Replace(string name, (string From, string To)[] parts)
    {
        foreach ((string from, string to) in parts)
        {
            if (name == from || name.StartsWith(from + ".", StringComparison.Ordinal))
                return to + name[from.Length..];
        }
        return name;
    }
}
