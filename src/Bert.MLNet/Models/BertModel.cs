using System.Security.Cryptography;
using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>
/// A checkpoint: config, tokenizer, weights, and what its makers say about sentences. Immutable and thread-safe; it holds
/// no session and no open file, needs no disposal, and one instance serves any number of estimators.
/// </summary>
public sealed partial class BertModel
{
    private const int MinSequenceLength = 3;

    private const string DefaultName = "bert-mini-en";

    private static BertModel? s_default;
    private static object? s_opening;

    private string? _contentHash;
    private bool _isQuantized, _knowsQuantized;
    private object? _hashing, _looking;

    /// <exception cref="InvalidDataException">The parts do not fit each other.</exception>
    internal BertModel(BertConfig config, BertTokenizer tokenizer, BertWeights? weights, BertSentenceOptions? sentence = null, string name = "bert", byte[]? onnxGraph = null)
    {
        if (tokenizer.Vocabulary.Size > config.VocabSize)
        {
            throw new InvalidDataException(
                $"The vocabulary{tokenizer.VocabularyFile} of '{name}' has {tokenizer.Vocabulary.Size} tokens, but its model has embeddings for {config.VocabSize} ('vocab_size' in config.json). " +
                "Use the vocabulary that belongs to the model, or resize its embeddings.");
        }
        Config = config;
        Tokenizer = tokenizer;
        Weights = weights?.For(config);
        Sentence = sentence ?? new BertSentenceOptions();
        Name = name;
        OnnxGraph = onnxGraph;
        if (Sentence.TokenWeights is { } tokenWeights && tokenWeights.Count < tokenizer.Vocabulary.Size)
            throw new InvalidDataException($"'{name}' has token weights for {tokenWeights.Count} tokens (wordweights_config.json), but its vocabulary has {tokenizer.Vocabulary.Size}. Every token needs a weight.");
        if (Sentence.Pooling.HasFlag(BertPooling.LastLayersMean) && (Sentence.NumberOfLastLayers < 1 || Sentence.NumberOfLastLayers > config.NumHiddenLayers + 1))
            throw new InvalidDataException($"The sentence options of '{name}' average {Sentence.NumberOfLastLayers} layers, but it has only {config.NumHiddenLayers}, or {config.NumHiddenLayers + 1} with the output of its embeddings. Average fewer layers.");
        MaxSequenceLength = Math.Min(config.MaxTokens, Sentence.MaxSequenceLength ?? tokenizer.Options.ModelMaxLength ?? int.MaxValue);
        if (MaxSequenceLength < MinSequenceLength)
        {
            throw new InvalidDataException(
                $"The maximum length of '{name}' is {MaxSequenceLength} tokens, too few for [CLS] and [SEP]. " +
                "Correct max_position_embeddings in config.json, model_max_length in tokenizer_config.json or max_seq_length in sentence_bert_config.json.");
        }
    }

    /// <summary>bert-mini-en, the small English model that comes with the library.</summary>
    /// <remarks>
    /// It lies in the folder <c>models</c> beside the application, beside the library, or in the library's package. It is opened once;
    /// after a failure the next call tries again.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The application was deployed without it.</exception>
    public static BertModel Default => LazyInitializer.EnsureInitialized(ref s_default, ref s_opening, LoadDefault);

    /// <summary>Shape and arithmetic.</summary>
    public BertConfig Config { get; }

    /// <summary>Text to tokens.</summary>
    public BertTokenizer Tokenizer { get; }

    /// <summary>How a text becomes one vector.</summary>
    public BertSentenceOptions Sentence { get; }

    /// <summary>The name of the folder that it came from, or its name on the hub; messages use it.</summary>
    public string Name { get; }

    /// <summary>The longest row in tokens, special ones included.</summary>
    /// <remarks>
    /// As in sentence-transformers: <see cref="BertSentenceOptions.MaxSequenceLength"/> where it is set, else
    /// <see cref="BertTokenizerOptions.ModelMaxLength"/>,
    /// and never more than <see cref="BertConfig.MaxPositionEmbeddings"/>.
    /// </remarks>
    public int MaxSequenceLength { get; }

    /// <summary>The weights, all that <see cref="Config"/> asks for; null for a checkpoint that only holds an ONNX graph.</summary>
    internal BertWeights? Weights { get; }

    /// <summary>The bytes of <c>model.onnx</c> where there are no weights; else null.</summary>
    internal byte[]? OnnxGraph { get; }

    /// <summary>The file of <see cref="OnnxGraph"/>, for messages.</summary>
    internal string GraphFile { get; private init; } = WeightFiles.Graph;

    /// <summary>Whether it computes in int8: its weights are, or its graph does.</summary>
    public bool IsQuantized => LazyInitializer.EnsureInitialized(
        ref _isQuantized, ref _knowsQuantized, ref _looking, () => Weights?.AreQuantized ?? WeightFiles.IsQuantized(OnnxGraph));

    /// <summary>A name made from the content: equal for models that are saved as equal files.</summary>
    internal string ContentHash => LazyInitializer.EnsureInitialized(ref _contentHash, ref _hashing, Hash);

    /// <summary>A model of the same weights and tokenizer that turns texts into vectors in another way, also where it is saved.</summary>
    /// <param name="sentence">The way, best made with <c>model.Sentence with { … }</c>.</param>
    /// <exception cref="InvalidDataException">The options do not fit the model.</exception>
    public BertModel WithSentence(BertSentenceOptions sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        return new BertModel(Config, Tokenizer, Weights, sentence, Name, OnnxGraph) { GraphFile = GraphFile };
    }

    /// <summary>
    /// A model of the same tokenizer, config and head that computes in int8, for every step that takes a model: the dense layers of the encoder, the token embeddings, and the
    /// scores of masked words. Weights are symmetric with a scale for each output, activations are quantized as they come, with a scale for each batch; attention,
    /// normalisation, poolers and classifiers stay as they are.
    /// </summary>
    /// <remarks>
    /// The result shares the memory of the weights that stay, and this model can be dropped. It cannot be trained: train first. Its numbers depend a little on the
    /// other rows of a batch, by about as much as int8 changes them.
    /// </remarks>
    /// <param name="options">Which weights stay, and the range of the others; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The checkpoint holds an ONNX graph and no weights.</exception>
    /// <exception cref="InvalidOperationException">It is int8 already.</exception>
    /// <exception cref="ArgumentException">A module that is to stay is not there, or nothing is left to quantize.</exception>
    /// <exception cref="InvalidDataException">A weight is no finite number.</exception>
    public BertModel Quantize(BertQuantizationOptions? options = null)
    {
        if (Weights is null)
            throw Unquantizable(Name);
        if (IsQuantized)
            throw new InvalidOperationException($"'{Name}' is already int8. Quantize the checkpoint that it was created from.");
        BertWeights weights = Weights.Quantize(Config, options ?? new BertQuantizationOptions());
        return new BertModel(QuantizationConfig.AddTo(Config, weights), Tokenizer, weights, Sentence, Name);
    }

    /// <summary>Checks the option of that name.</summary>
    /// <param name="maxLength">The longest row in tokens.</param>
    /// <param name="hasPair">Whether rows are pairs.</param>
    /// <exception cref="ArgumentException">It leaves no room for a text, or the checkpoint has not so many positions.</exception>
    internal void CheckMaxLength(int maxLength, bool hasPair = false)
    {
        int special = Tokenizer.Row.SpecialTokens(hasPair), least = special + (hasPair ? 2 : 1);
        if (maxLength < least || maxLength > Config.MaxTokens)
            throw new ArgumentException($"MaxLength is {maxLength}; it must be from {least} ({special} special tokens and one of {(hasPair ? "each text" : "the text")}) to {Config.MaxTokens}, the positions of the model '{Name}'.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Config.ModelType}, {Config.NumHiddenLayers} layers of {Config.HiddenSize}";

    private static NotSupportedException Unquantizable(string name) =>
        new($"'{name}' contains an ONNX graph and no weights, so it cannot be quantized here. Use a checkpoint with {WeightFiles.Single}, or quantize the graph with the tool that exported it.");

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        WriteTo(path =>
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(path + "\0"));
            return new HashingStream(hash);
        });
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}
