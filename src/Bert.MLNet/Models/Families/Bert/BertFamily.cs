namespace Bert.MLNet.Models.Families;

/// <summary>BERT (Devlin et al., 2019, arXiv:1810.04805).</summary>
internal static class BertFamily
{
    public const string ModelType = "bert";

    public static ModelFamily Create() => new()
    {
        ModelType = ModelType,
        ClassPrefix = "Bert",
        TokenizerClass = "BertTokenizer",
        CanDecode = true,
        Defaults = new BertConfig(),
        Fields =
        [
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"),
            ConfigField.IntermediateSize("intermediate_size"), ConfigField.HiddenAct("hidden_act"), ConfigField.TypeVocabSize,
            ConfigField.LayerNormEps,
            ConfigField.HiddenDropout("hidden_dropout_prob"), ConfigField.AttentionDropout("attention_probs_dropout_prob"),
            ConfigField.ClassifierDropout("classifier_dropout"),
        ],
        Shape = config => new EncoderShape { Pooler = CommonHeads.Pooler(config) },
        Heads = Heads,
    };

    private static Head[] Heads(BertConfig config)
    {
        double dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        HeadLayer pooler = CommonHeads.Pooler(config);
        return
        [
            new Head(HeadKind.SequenceClassification, pooler, CommonHeads.Labels(config, dropout)) { OtherClasses = ["MultipleChoice"] },
            CommonHeads.TokenClassification(config, dropout),
            CommonHeads.QuestionAnswering(config),
            CommonHeads.MaskedLM(config, config.Activation) with { OtherClasses = ["PreTraining"] },
            new Head(HeadKind.NextSentencePrediction, pooler, new HeadLayer("cls.seq_relationship", config.HiddenSize, 2))
            {
                OtherClasses = ["PreTraining"],
            },
        ];
    }
}
