namespace Bert.MLNet.Models.Families;

/// <summary>
/// RoBERTa (Liu et al., 2019, arXiv:1907.11692): BERT with positions counted from the padding id plus one, and its own heads. XLM-RoBERTa
/// (Conneau et al., 2020, arXiv:1911.02116) and CamemBERT (Martin et al., 2020, arXiv:1911.03894) use the same arithmetic for other
/// languages.
/// </summary>
internal static class RobertaFamily
{
    public static IEnumerable<ModelFamily> Create() =>
    [
        Create("roberta", "Roberta", "RobertaTokenizer", vocabSize: 50265),
        Create("xlm-roberta", "XLMRoberta", "XLMRobertaTokenizer", vocabSize: 30522),
        Create("camembert", "Camembert", "CamembertTokenizer", vocabSize: 30522),
    ];

    private static ModelFamily Create(string modelType, string classPrefix, string tokenizerClass, int vocabSize) => new()
    {
        ModelType = modelType,
        ClassPrefix = classPrefix,
        TokenizerClass = tokenizerClass,
        CanDecode = true,
        EncoderPrefix = "roberta.",
        Defaults = new BertConfig { VocabSize = vocabSize, PadTokenId = 1 },
        Fields =
        [
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"),
            ConfigField.IntermediateSize("intermediate_size"), ConfigField.HiddenAct("hidden_act"), ConfigField.TypeVocabSize,
            ConfigField.LayerNormEps,
            ConfigField.HiddenDropout("hidden_dropout_prob"), ConfigField.AttentionDropout("attention_probs_dropout_prob"),
            ConfigField.ClassifierDropout("classifier_dropout"),
        ],
        Names = new TensorNames { Parts = CommonHeads.LmHeadNames },
        Shape = config => new EncoderShape { PaddingPosition = config.PadTokenId, Pooler = CommonHeads.Pooler(config) },
        Heads = Heads,
    };

    // The masked language modeling head uses GELU regardless of hidden_act.
    private static Head[] Heads(BertConfig config)
    {
        double dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        return
        [
            CommonHeads.DenseClassification(config, dropout, BertActivation.Tanh),
            CommonHeads.TokenClassification(config, dropout),
            CommonHeads.QuestionAnswering(config),
            CommonHeads.MaskedLM(config, BertActivation.Gelu),
        ];
    }
}
