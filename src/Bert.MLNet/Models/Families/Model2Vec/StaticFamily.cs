namespace Bert.MLNet.Models.Families;

/// <summary>
/// Static embeddings: the StaticModel of MinishLab's model2vec, a table of vectors for tokens instead of a network. It has no layers and no
/// heads, and only vectors of texts can be computed.
/// </summary>
internal static class StaticFamily
{
    private const string ModelType = "model2vec";

    // The value that the library writes for models without a limit.
    private const int NoLimit = 1_000_000;

    public static ModelFamily Create() => new()
    {
        ModelType = ModelType,
        ClassPrefix = "Static",
        TokenizerClass = "BertTokenizer",
        Defaults = new BertConfig
        {
            ModelType = ModelType,
            NumHiddenLayers = 0,
            NumAttentionHeads = 1,
            TypeVocabSize = 0,
            MaxPositionEmbeddings = NoLimit,
            Architectures = ["StaticModel"],
        },
        Fields =
        [
            ConfigField.HiddenSize("hidden_dim"),
            new ConfigField(
                "seq_length",
                (fields, config) => fields.Whole("seq_length", 3) is { } length ? config with { MaxPositionEmbeddings = length } : config,
                config => config.MaxPositionEmbeddings),
        ],
        Shape = _ => new EncoderShape { IsTable = true, HasPositionEmbeddings = false },
        Heads = _ => [],
    };
}
