namespace Bert.MLNet.Models.Families;

/// <summary>
/// DistilBERT (Sanh et al., 2019, arXiv:1910.01108): BERT without token types or a pooler, with its own field and tensor names.
/// </summary>
internal static class DistilBertFamily
{
    public static ModelFamily Create() => new()
    {
        ModelType = "distilbert",
        ClassPrefix = "DistilBert",
        TokenizerClass = "DistilBertTokenizer",
        Recognizes = config => config.Find("n_layers", "dim") is not null,
        // The config has no field for the epsilon: the class uses 1e-12. The classifier's dropout has a separate default.
        Defaults = new BertConfig { NumHiddenLayers = 6, TypeVocabSize = 0, ClassifierDropout = 0.2 },
        Fields =
        [
            ConfigField.HiddenSize("dim", "hidden_size"), ConfigField.NumHiddenLayers("n_layers", "num_hidden_layers"),
            ConfigField.NumAttentionHeads("n_heads", "num_attention_heads"), ConfigField.IntermediateSize("hidden_dim"),
            ConfigField.HiddenAct("activation"),
            ConfigField.HiddenDropout("dropout"), ConfigField.AttentionDropout("attention_dropout"),
            ConfigField.ClassifierDropout("seq_classif_dropout"),
        ],
        Names = new TensorNames
        {
            Layer = "transformer.layer.",
            LayerParts =
            [
                ("attention.q_lin", "attention.self.query"), ("attention.k_lin", "attention.self.key"),
                ("attention.v_lin", "attention.self.value"),
                ("attention.out_lin", "attention.output.dense"), ("sa_layer_norm", "attention.output.LayerNorm"),
                ("ffn.lin1", "intermediate.dense"), ("ffn.lin2", "output.dense"), ("output_layer_norm", "output.LayerNorm"),
            ],
            Parts =
            [
                ("vocab_transform", "cls.predictions.transform.dense"), ("vocab_layer_norm", "cls.predictions.transform.LayerNorm"),
                ("vocab_projector.bias", CanonicalNames.DecoderBias), ("vocab_projector", CanonicalNames.DecoderLayer),
            ],
        },
        Shape = _ => new EncoderShape(),
        Heads = Heads,
    };

    // The dropout before a classifier only applies to sequence classification.
    private static Head[] Heads(BertConfig config) =>
    [
        new Head(
            HeadKind.SequenceClassification,
            new HeadLayer("pre_classifier", config.HiddenSize, config.HiddenSize, BertActivation.Relu),
            CommonHeads.Labels(config, config.ClassifierDropout ?? config.HiddenDropoutProb)) { OtherClasses = ["MultipleChoice"] },
        CommonHeads.TokenClassification(config, config.HiddenDropoutProb),
        CommonHeads.QuestionAnswering(config, config.HiddenDropoutProb),
        CommonHeads.MaskedLM(config, config.Activation),
    ];
}
