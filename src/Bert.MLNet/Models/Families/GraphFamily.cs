namespace Bert.MLNet.Models.Families;

/// <summary>
/// A family whose arithmetic is not known here. Its checkpoints run as the ONNX graph that they contain; only sizes are read from
/// <c>config.json</c>, under the names that most families use.
/// </summary>
internal static class GraphFamily
{
    public static ModelFamily Create(string modelType) => new()
    {
        ModelType = modelType,
        ClassPrefix = "",
        TokenizerClass = "PreTrainedTokenizer",
        Defaults = new BertConfig { TypeVocabSize = 0 },
        Fields =
        [
            ConfigField.HiddenSize("hidden_size", "d_model", "dim", "n_embd"),
            ConfigField.NumHiddenLayers("num_hidden_layers", "num_layers", "encoder_layers", "n_layers", "n_layer"),
            ConfigField.NumAttentionHeads("num_attention_heads", "num_heads", "encoder_attention_heads", "n_heads", "n_head"),
            ConfigField.Whole(
                "max_position_embeddings", 1, config => config.MaxPositionEmbeddings,
                (config, value) => config with { MaxPositionEmbeddings = value }, "n_positions", "max_sequence_length"),
        ],
        Shape = _ => new EncoderShape(),
        Heads = _ => [],
    };
}
