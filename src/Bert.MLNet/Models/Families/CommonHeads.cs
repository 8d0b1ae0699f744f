namespace Bert.MLNet.Models.Families;

/// <summary>Heads, and layers of heads, that several families have.</summary>
internal static class CommonHeads
{
    private const string Transform = "cls.predictions.transform";

    /// <summary>A tanh of the first token's hidden state.</summary>
    public static HeadLayer Pooler(BertConfig config) => new("pooler.dense", config.HiddenSize, config.HiddenSize, BertActivation.Tanh);

    /// <summary>One score for each label.</summary>
    /// <param name="config">Sizes and labels.</param>
    /// <param name="dropout">Dropout before it.</param>
    /// <param name="name">Its name.</param>
    public static HeadLayer Labels(BertConfig config, double dropout, string name = "classifier") =>
        new(name, config.HiddenSize, config.NumLabels) { Dropout = dropout };

    public static Head TokenClassification(BertConfig config, double dropout) => new(HeadKind.TokenClassification, Labels(config, dropout));

    public static Head QuestionAnswering(BertConfig config, double dropout = 0) =>
        new(HeadKind.QuestionAnswering, new HeadLayer("qa_outputs", config.HiddenSize, 2) { Dropout = dropout });

    /// <summary>Words behind masks: dense, activation, LayerNorm, and a decoder that may share the token embeddings.</summary>
    public static Head MaskedLM(BertConfig config, BertActivation activation) => new(
        HeadKind.MaskedLM,
        new HeadLayer(Transform + ".dense", config.HiddenSize, config.HiddenSize, activation) { Norm = Transform + ".LayerNorm" },
        new HeadLayer(CanonicalNames.DecoderLayer, config.HiddenSize, config.VocabSize) { Bias = CanonicalNames.DecoderBias });
}
