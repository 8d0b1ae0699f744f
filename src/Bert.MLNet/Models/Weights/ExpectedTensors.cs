using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>The tensors that a config requires, by canonical name and shape.</summary>
internal static class ExpectedTensors
{
    /// <summary>The tensors of the encoder. Lazy, so that an implausible number of layers costs nothing.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Encoder(BertConfig config)
    {
        int hidden = config.HiddenSize;
        yield return (CanonicalNames.WordEmbeddings, [config.VocabSize, hidden]);
        yield return (CanonicalNames.PositionEmbeddings, [config.MaxPositionEmbeddings, hidden]);
        if (config.TypeVocabSize > 0)
            yield return (CanonicalNames.TokenTypeEmbeddings, [config.TypeVocabSize, hidden]);
        if (config.Shape.PositionBias is { } bias)
            yield return (bias.Weight, [bias.Buckets, config.NumAttentionHeads]);
        foreach (var tensor in Affine("embeddings.LayerNorm", hidden))
            yield return tensor;
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = $"encoder.layer.{i}.";
            (string Name, int[] Shape)[] parts =
            [
                .. Affine(layer + "attention.self.query", hidden, hidden),
                .. Affine(layer + "attention.self.key", hidden, hidden),
                .. Affine(layer + "attention.self.value", hidden, hidden),
                .. Affine(layer + "attention.output.dense", hidden, hidden),
                .. Affine(layer + "attention.output.LayerNorm", hidden),
                .. Affine(layer + "intermediate.dense", config.IntermediateSize, hidden),
                .. Affine(layer + "output.dense", hidden, config.IntermediateSize),
                .. Affine(layer + "output.LayerNorm", hidden),
            ];
            foreach (var part in parts)
                yield return part;
        }
    }

    /// <summary>The layers of all heads, and whether the class that the config names has them.</summary>
    public static IEnumerable<(bool Needed, HeadLayer Layer)> HeadLayers(BertConfig config)
    {
        // A multiple-choice model scores each choice with one output, regardless of the number of labels in its config.
        bool isMultipleChoice = config.Architectures is [string architecture, ..]
            && architecture == config.Family.ClassFor("MultipleChoice");
        BertConfig labelled = isMultipleChoice ? config with { Id2Label = BertConfig.DefaultLabels(1) } : config;
        IEnumerable<(bool, HeadLayer)> layers =
            from head in config.Family.Heads(labelled)
            from layer in head.Layers
            group labelled.Names(head) by layer into needs
            select (needs.Any(needed => needed), needs.Key);
        return config.Shape.Pooler is { } pooler ? layers.Append((false, pooler)) : layers;
    }

    private static IEnumerable<(string Name, int[] Shape)> Affine(string name, params int[] shape) =>
        [(name + ".weight", shape), (name + ".bias", [shape[0]])];
}
