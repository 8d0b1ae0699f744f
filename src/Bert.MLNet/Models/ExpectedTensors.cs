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

        int labels = Is("MultipleChoice") ? 1 : config.NumLabels;
        if (config.IsDistilBert)
            yield return (Is("SequenceClassification", "MultipleChoice"), PreClassifier(config));
        else
            yield return (Is("SequenceClassification", "MultipleChoice", "NextSentencePrediction", "PreTraining"), Pooler(config));
        yield return (Is("SequenceClassification", "TokenClassification", "MultipleChoice"), [.. Affine("classifier", labels, config.HiddenSize)]);
        yield return (Is("QuestionAnswering"), Head(config, BertHead.QuestionAnswering));
        yield return (Is("MaskedLM", "PreTraining"), Head(config, BertHead.MaskedLM));
        yield return (Is("NextSentencePrediction", "PreTraining"), NextSentence(config));
    }

    /// <summary>What a head is made of.</summary>
    public static (string Name, int[] Shape)[] Head(BertConfig config, BertHead head) => head switch
    {
        BertHead.SequenceClassification => [.. config.IsDistilBert ? PreClassifier(config) : Pooler(config), .. Affine("classifier", config.NumLabels, config.HiddenSize)],
        BertHead.TokenClassification => [.. Affine("classifier", config.NumLabels, config.HiddenSize)],
        BertHead.QuestionAnswering => [.. Affine("qa_outputs", 2, config.HiddenSize)],
        BertHead.MaskedLM =>
        [
            .. Affine("cls.predictions.transform.dense", config.HiddenSize, config.HiddenSize),
            .. Affine("cls.predictions.transform.LayerNorm", config.HiddenSize),
            (CanonicalNames.Decoder, [config.VocabSize, config.HiddenSize]),
            (CanonicalNames.DecoderBias, [config.VocabSize]),
        ],
        BertHead.NextSentencePrediction => [.. Pooler(config), .. NextSentence(config)],
        _ => throw new ArgumentOutOfRangeException(nameof(head), $"There is no head {head}."),
    };

    private static (string Name, int[] Shape)[] Pooler(BertConfig config) => [.. Affine("pooler.dense", config.HiddenSize, config.HiddenSize)];

    private static (string Name, int[] Shape)[] PreClassifier(BertConfig config) => [.. Affine("pre_classifier", config.HiddenSize, config.HiddenSize)];

    private static (string Name, int[] Shape)[] NextSentence(BertConfig config) => [.. Affine("cls.seq_relationship", 2, config.HiddenSize)];

    private static IEnumerable<(string Name, int[] Shape)> Affine(string name, params int[] shape) =>
        [(name + ".weight", shape), (name + ".bias", [shape[0]])];
}
