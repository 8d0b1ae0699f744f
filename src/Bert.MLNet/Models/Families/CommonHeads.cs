namespace Bert.MLNet.Models.Families;

/// <summary>Heads, and layers of heads, that several families share.</summary>
internal static class CommonHeads
{
    private const string Transform = "cls.predictions.transform";

    /// <summary>A dense layer with tanh over the hidden state of the first token.</summary>
    public static HeadLayer Pooler(BertConfig config) => new("pooler.dense", config.HiddenSize, config.HiddenSize, BertActivation.Tanh);

    /// <summary>The tensor names of a masked language modeling head with the prefix <c>lm_head</c>.</summary>
    public static IReadOnlyList<(string InFile, string Canonical)> LmHeadNames { get; } =
    [
        ("lm_head.dense", Transform + ".dense"), ("lm_head.layer_norm", Transform + ".LayerNorm"),
        ("lm_head.bias", CanonicalNames.DecoderBias), ("lm_head.decoder", CanonicalNames.DecoderLayer),
    ];

    /// <summary>Creates a dense layer with one score for each label.</summary>
    /// <param name="config">The sizes and labels.</param>
    /// <param name="dropout">The dropout before the layer.</param>
    /// <param name="name">The name of the layer.</param>
    public static HeadLayer Labels(BertConfig config, double dropout, string name = "classifier") =>
        new(name, config.HiddenSize, config.NumLabels) { Dropout = dropout };

    /// <summary>Creates a classifier of rows with two layers, <c>dense</c> and <c>out_proj</c>, and dropout before each.</summary>
    public static Head DenseClassification(BertConfig config, double dropout, BertActivation activation) => new(
        HeadKind.SequenceClassification,
        new HeadLayer("classifier.dense", config.HiddenSize, config.HiddenSize, activation) { Dropout = dropout },
        Labels(config, dropout, "classifier.out_proj"));

    public static Head TokenClassification(BertConfig config, double dropout) => new(HeadKind.TokenClassification, Labels(config, dropout));

    public static Head QuestionAnswering(BertConfig config, double dropout = 0) =>
        new(HeadKind.QuestionAnswering, new HeadLayer("qa_outputs", config.HiddenSize, 2) { Dropout = dropout });

    /// <summary>
    /// Replaces a head for labels by a bidirectional LSTM over the last hidden states and a dense layer, if the config has one.
    /// </summary>
    public static Head WithLstm(this Head head, BertConfig config)
    {
        if (config.ClassifierLstmSize == 0 || head.Kind is not (HeadKind.SequenceClassification or HeadKind.TokenClassification))
            return head;
        int width = 2 * config.ClassifierLstmSize;
        var lstm = new HeadLayer("lstm", config.HiddenSize, width) { LstmSize = config.ClassifierLstmSize };
        return head with { ReadsMean = false, Layers = [lstm, head.Layers[^1] with { Inputs = width }] };
    }

    /// <summary>
    /// Creates the masked language modeling head: dense, activation, LayerNorm, and a decoder that can share the token embeddings.
    /// </summary>
    public static Head MaskedLM(BertConfig config, BertActivation activation) => new(
        HeadKind.MaskedLM,
        new HeadLayer(Transform + ".dense", config.HiddenSize, config.EmbeddingWidth, activation) { Norm = Transform + ".LayerNorm" },
        Decoder(config));

    /// <summary>The decoder, which scores all words with the token embeddings or a separate matrix.</summary>
    public static HeadLayer Decoder(BertConfig config) =>
        new(CanonicalNames.DecoderLayer, config.EmbeddingWidth, config.VocabSize) { Bias = CanonicalNames.DecoderBias };
}
