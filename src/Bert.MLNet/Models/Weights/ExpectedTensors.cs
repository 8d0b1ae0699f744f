using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>The tensors that a config requires, by canonical name and shape.</summary>
internal static class ExpectedTensors
{
    private static readonly string[] s_crossed = ["self.query", "self.key", "self.value", "output.dense"];

    /// <summary>The tensors of the encoder. Lazy, so that an implausible number of layers costs nothing.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Encoder(BertConfig config)
    {
        int hidden = config.HiddenSize, width = config.EmbeddingWidth;
        yield return (CanonicalNames.WordEmbeddings, [config.VocabSize, width]);
        EncoderShape shape = config.Shape;
        if (shape.HasPositionEmbeddings)
            yield return (CanonicalNames.PositionEmbeddings, [config.MaxPositionEmbeddings, width]);
        if (config.TypeVocabSize > 0)
            yield return (CanonicalNames.TokenTypeEmbeddings, [config.TypeVocabSize, width]);
        if (shape.PositionBias is { } bias)
            yield return (bias.Weight, [bias.Rows, config.NumAttentionHeads]);
        if (shape.Disentangled is { } distances)
        {
            yield return (distances.Table, [2 * distances.Span, hidden]);
            if (distances.Norm is { } norm)
            {
                foreach (var tensor in Norm(norm))
                    yield return tensor;
            }
        }
        foreach (var tensor in Linear(shape.NormHasBias, "embeddings.LayerNorm", width))
            yield return tensor;
        if (shape.ProjectsEmbeddings)
        {
            foreach (var tensor in Linear(true, CanonicalNames.EmbeddingProjection, hidden, width))
                yield return tensor;
        }
        if (shape.FinalNorm is { } final)
        {
            foreach (var tensor in Norm(final))
                yield return tensor;
        }
        if (shape.Convolution is { } convolution)
        {
            yield return (convolution.Weight, [hidden, hidden / convolution.Groups, convolution.Size]);
            yield return (convolution.Bias, [hidden]);
            foreach (var tensor in Norm(convolution.Norm))
                yield return tensor;
        }
        for (int block = 0; block < (long)config.StoredLayers * shape.BlocksPerLayer; block++)
        {
            int i = block / shape.BlocksPerLayer;
            string layer = CanonicalNames.Block(i, block % shape.BlocksPerLayer);
            (string Name, int[] Shape)[] parts =
            [
                .. Linear(shape.AttentionHasBias, layer + "attention.self.query", hidden, hidden),
                .. Linear(shape.AttentionHasBias, layer + "attention.self.key", hidden, hidden),
                .. Linear(shape.AttentionHasBias, layer + "attention.self.value", hidden, hidden),
                .. shape.Disentangled is { SharesProjections: false, ContentToPosition: true }
                    ? Linear(true, layer + "attention.self.position_key", hidden, hidden)
                    : [],
                .. shape.Disentangled is { SharesProjections: false, PositionToContent: true }
                    ? Linear(true, layer + "attention.self.position_query", hidden, hidden)
                    : [],
                .. Linear(shape.AttentionHasBias, layer + "attention.output.dense", hidden, hidden),
                .. shape.HasAttentionNorm(i) ? Norm(layer + "attention.output.LayerNorm") : [],
                .. config.IsDecoder ? CrossAttention(layer + CanonicalNames.CrossAttention) : [],
                .. Linear(shape.FeedForwardHasBias, layer + "intermediate.dense", config.IntermediateSize, hidden),
                .. shape.HasGate ? Linear(shape.FeedForwardHasBias, layer + "intermediate.gate", config.IntermediateSize, hidden) : [],
                .. Linear(shape.FeedForwardHasBias, layer + "output.dense", hidden, config.IntermediateSize),
                .. Norm(layer + "output.LayerNorm"),
            ];
            foreach (var part in parts)
                yield return part;
        }

        IEnumerable<(string, int[])> Norm(string name) => Linear(shape.NormHasBias, name, hidden);

        IEnumerable<(string, int[])> CrossAttention(string part) =>
        [
            .. s_crossed.SelectMany(name => Linear(shape.AttentionHasBias, part + name, hidden, hidden)),
            .. Norm(part + "output.LayerNorm"),
        ];
    }

    /// <summary>
    /// The layers of all heads, and whether the class that the config names has them. A decoder scores words like a head for masked words.
    /// </summary>
    public static IEnumerable<(bool Needed, HeadLayer Layer)> HeadLayers(BertConfig config)
    {
        // A multiple-choice model scores each choice with one output, regardless of the number of labels in its config.
        bool isMultipleChoice = config.Architectures is [string architecture, ..]
            && architecture == config.Family.ClassFor("MultipleChoice");
        BertConfig labelled = isMultipleChoice ? config with { Id2Label = BertConfig.DefaultLabels(1) } : config;
        IEnumerable<(bool, HeadLayer)> layers =
            from head in config.Family.Heads(labelled)
            from layer in head.Layers
            group labelled.Names(head) || config.IsDecoder && head.Kind == HeadKind.MaskedLM by layer into needs
            select (needs.Any(needed => needed), needs.Key);
        return config.Shape.Pooler is { } pooler ? layers.Append((false, pooler)) : layers;
    }

    private static IEnumerable<(string Name, int[] Shape)> Linear(bool hasBias, string name, params int[] shape) =>
        hasBias ? [(name + ".weight", shape), (name + ".bias", [shape[0]])] : [(name + ".weight", shape)];
}
