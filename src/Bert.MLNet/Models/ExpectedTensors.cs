namespace Bert.MLNet.Models;

/// <summary>The tensors that a config asks for, by canonical name and shape.</summary>
internal static class ExpectedTensors
{
    /// <summary>What every BERT has. Lazy, so that an absurd number of layers costs nothing.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Encoder(BertConfig config)
    {
        int hidden = config.HiddenSize;
        yield return (CanonicalNames.WordEmbeddings, [config.VocabSize, hidden]);
        yield return ("embeddings.position_embeddings.weight", [config.MaxPositionEmbeddings, hidden]);
        if (!config.IsDistilBert)
            yield return ("embeddings.token_type_embeddings.weight", [config.TypeVocabSize, hidden]);
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

    /// <summary>What stands on the encoder: for each part its tensors, and whether the architecture of the config needs it.</summary>
    public static IEnumerable<(bool Needed, (string Name, int[] Shape)[] Tensors)> Heads(BertConfig config)
    {
        string architecture = config.Architectures is [string first, ..] ? first : "";
        string family = config.IsDistilBert ? "DistilBertFor" : "BertFor";
        bool Is(params string[] tasks) => tasks.Any(task => architecture == family + task);

        int hidden = config.HiddenSize;
        int labels = Is("MultipleChoice") ? 1 : config.NumLabels;
        if (config.IsDistilBert)
            yield return (Is("SequenceClassification", "MultipleChoice"), [.. Affine("pre_classifier", hidden, hidden)]);
        else
            yield return (Is("SequenceClassification", "MultipleChoice", "NextSentencePrediction", "PreTraining"), [.. Affine("pooler.dense", hidden, hidden)]);
        yield return (Is("SequenceClassification", "TokenClassification", "MultipleChoice"), [.. Affine("classifier", labels, hidden)]);
        yield return (Is("QuestionAnswering"), [.. Affine("qa_outputs", 2, hidden)]);
        yield return (Is("MaskedLM", "PreTraining"),
        [
            .. Affine("cls.predictions.transform.dense", hidden, hidden),
            .. Affine("cls.predictions.transform.LayerNorm", hidden),
            (CanonicalNames.Decoder, [config.VocabSize, hidden]),
            (CanonicalNames.DecoderBias, [config.VocabSize]),
        ]);
        yield return (Is("NextSentencePrediction", "PreTraining"), [.. Affine("cls.seq_relationship", 2, hidden)]);
    }

    private static IEnumerable<(string Name, int[] Shape)> Affine(string name, params int[] shape) =>
        [(name + ".weight", shape), (name + ".bias", [shape[0]])];
}
