namespace Bert.MLNet.Benchmarks;

/// <summary>The shape of a known checkpoint.</summary>
/// <param name="Config">The config.</param>
/// <param name="Tokenizer">The folder below <c>shared/reference/tokenization/vocab</c> with a tokenizer of the checkpoint's kind; null for
/// WordPiece. The embedding table has as many rows as the checkpoint's, also where this vocabulary is smaller.</param>
internal sealed record SeededShape(BertConfig Config, string? Tokenizer = null)
{
    private const string ByteBpe = "roberta-base", Unigram = "unigram-en-de-8k";

    /// <summary>Shapes by the names that they are known by.</summary>
    public static IReadOnlyDictionary<string, SeededShape> All { get; } = new Dictionary<string, SeededShape>
    {
        ["BERT-Tiny"] = new(Bert(layers: 2, hidden: 128, heads: 2)),
        ["BERT-Mini"] = new(Bert(layers: 4, hidden: 256, heads: 4)),
        ["MiniLM-L6"] = new(Bert(layers: 6, hidden: 384, heads: 12)),
        ["BERT-base"] = new(Bert(layers: 12, hidden: 768, heads: 12)),
        // Five rows fewer than the checkpoint, whose vocabulary has as many special tokens more.
        ["MPNet-base"] = new(new BertConfig
        {
            ModelType = "mpnet", MaxPositionEmbeddings = 514, TypeVocabSize = 0, LayerNormEps = 1e-5,
            Architectures = ["MPNetModel"],
        }),
        ["XLM-R-base"] = new(new BertConfig
        {
            ModelType = "xlm-roberta", VocabSize = 250_002, MaxPositionEmbeddings = 514, TypeVocabSize = 1, LayerNormEps = 1e-5,
            Architectures = ["XLMRobertaModel"],
        }, Unigram),
        ["DeBERTa-v3-small"] = new(new BertConfig
        {
            ModelType = "deberta-v2", VocabSize = 128_100, NumHiddenLayers = 6, TypeVocabSize = 0, LayerNormEps = 1e-7,
            RelativeAttention = true, PositionBuckets = 256, PosAttType = "p2c|c2p", ShareAttKey = true, NormRelEbd = "layer_norm",
            PositionBiasedInput = false, Architectures = ["DebertaV2Model"],
        }, Unigram),
        ["ModernBERT-base"] = new(new BertConfig
        {
            ModelType = "modernbert", VocabSize = 50_368, NumHiddenLayers = 22, IntermediateSize = 1152, MaxPositionEmbeddings = 8192,
            TypeVocabSize = 0, LayerNormEps = 1e-5, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0,
            Architectures = ["ModernBertModel"],
        }, ByteBpe),
    };

    /// <summary>Opens the tokenizer.</summary>
    /// <param name="vocabularyFile">The vocabulary of WordPiece.</param>
    /// <exception cref="DirectoryNotFoundException">The folder of the tokenizer does not lie beside the repository.</exception>
    public BertTokenizer OpenTokenizer(string vocabularyFile)
    {
        if (Tokenizer is null)
            return BertTokenizer.Create(vocabularyFile, new BertTokenizerOptions { ModelMaxLength = Config.MaxTokens });
        string folder = Texts.Shared("reference", "tokenization", "vocab", Tokenizer)
            ?? throw new DirectoryNotFoundException($"This shape needs the tokenizer {Tokenizer} of shared/reference/tokenization/vocab.");
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(folder);
        return tokenizer.WithOptions(tokenizer.Options with { ModelMaxLength = Config.MaxTokens });
    }

    private static BertConfig Bert(int layers, int hidden, int heads) => new()
    {
        HiddenSize = hidden,
        NumHiddenLayers = layers,
        NumAttentionHeads = heads,
        IntermediateSize = 4 * hidden,
        Architectures = ["BertModel"],
    };
}
