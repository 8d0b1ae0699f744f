using System.Numerics;
using System.Security.Cryptography;
using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>
/// A checkpoint: config, tokenizer, weights and sentence options. Immutable and thread-safe. It holds no session and no open file and does
/// not need to be disposed of. Any number of estimators can use one instance.
/// </summary>
public sealed partial class BertModel
{
    private const int MinSequenceLength = 3;

    private static BertModel? s_default, s_defaultStatic;
    private static object? s_opening, s_openingStatic;

    private string? _contentHash;
    private bool _isQuantized, _knowsQuantized;
    private object? _hashing, _looking;

    /// <exception cref="InvalidDataException">The parts do not belong together.</exception>
    internal BertModel(
        BertConfig config, BertTokenizer tokenizer, BertWeights? weights, BertSentenceOptions? sentence = null, string name = "bert",
        byte[]? onnxGraph = null, StaticTable? table = null)
    {
        if (tokenizer.Vocabulary.Size > config.VocabSize)
        {
            throw new InvalidDataException(
                $"The vocabulary{tokenizer.VocabularyFile} of '{name}' has {tokenizer.Vocabulary.Size} tokens, but its model has " +
                $"embeddings for {config.VocabSize} ('vocab_size' in config.json). " +
                "Use the vocabulary that belongs to the model, or resize its embeddings.");
        }
        Config = config;
        Tokenizer = tokenizer;
        Weights = weights?.For(config);
        Sentence = sentence ?? new BertSentenceOptions();
        Name = name;
        OnnxGraph = onnxGraph;
        Table = table;
        GraphOutput? vector = onnxGraph is null ? null
            : GraphOutput.ReadAll(onnxGraph).FirstOrDefault(output => output.Name == GraphOutput.SentenceEmbedding);
        if (Sentence.TokenWeights is { } tokenWeights && tokenWeights.Count < tokenizer.Vocabulary.Size)
            throw new InvalidDataException(
                $"'{name}' has token weights for {tokenWeights.Count} tokens (wordweights_config.json), but its vocabulary has " +
                $"{tokenizer.Vocabulary.Size}. Every token needs a weight.");
        if (Sentence.Pooling.HasFlag(BertPooling.LastLayersMean)
            && (Sentence.NumberOfLastLayers < 1 || Sentence.NumberOfLastLayers > config.NumHiddenLayers + 1))
            throw new InvalidDataException(
                $"The sentence options of '{name}' average {Sentence.NumberOfLastLayers} layers, but it has only " +
                $"{config.NumHiddenLayers}, or {config.NumHiddenLayers + 1} with the output of its embeddings. Average fewer layers.");
        int size = VectorLayer.SizeAfter(
            Sentence.Layers, BitOperations.PopCount((uint)Sentence.Pooling) * config.HiddenSize, misfit => new InvalidDataException(
                $"The modules of '{name}' (modules.json) do not belong together: {misfit}. Choose the pooling of its modules, or " +
                "copy or download the whole checkpoint."));
        GraphVectorSize = vector is null ? null : vector.LastDimension ?? size;
        int? tokenizerLimit = table is null ? tokenizer.Options.ModelMaxLength : null;
        MaxSequenceLength = Math.Min(config.MaxTokens, Sentence.MaxSequenceLength ?? tokenizerLimit ?? int.MaxValue);
        if (MaxSequenceLength < MinSequenceLength)
        {
            throw new InvalidDataException(
                $"The maximum length of '{name}' is {MaxSequenceLength} tokens, too few for [CLS] and [SEP]. " +
                "Correct max_position_embeddings in config.json, model_max_length in tokenizer_config.json or max_seq_length in " +
                "sentence_bert_config.json.");
        }
    }

    /// <summary>Gets bert-mini-en, the small English model that is included in the library.</summary>
    /// <remarks>
    /// It is located in the folder <c>models</c> beside the application, beside the library, or in the library's package. It is opened
    /// once; after a failure, the next call tries again.
    /// For similarity and search, <see cref="DefaultStatic"/> is better.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The application was deployed without it.</exception>
    public static BertModel Default => LazyInitializer.EnsureInitialized(ref s_default, ref s_opening, () => LoadIncluded("bert-mini-en"));

    /// <summary>
    /// Gets static-mini-en, the English table of static embeddings that is included in the library. It computes vectors of texts about
    /// 90 times as fast as <see cref="Default"/>, and better ones for similarity and search. It has no other use.
    /// </summary>
    /// <remarks>It is found, opened once and deployed as <see cref="Default"/> is.</remarks>
    /// <exception cref="DirectoryNotFoundException">The application was deployed without it.</exception>
    public static BertModel DefaultStatic =>
        LazyInitializer.EnsureInitialized(ref s_defaultStatic, ref s_openingStatic, () => LoadIncluded("static-mini-en"));

    /// <summary>Whether this is <see cref="Default"/>.</summary>
    internal bool IsDefault => ReferenceEquals(this, s_default);

    /// <summary>The shape and arithmetic of the encoder.</summary>
    public BertConfig Config { get; }

    /// <summary>The tokenizer.</summary>
    public BertTokenizer Tokenizer { get; }

    /// <summary>The options for converting a text to one vector.</summary>
    public BertSentenceOptions Sentence { get; }

    /// <summary>The name of its folder, or its name on the hub, for messages.</summary>
    public string Name { get; }

    /// <summary>The maximum number of tokens in a row, including special tokens.</summary>
    /// <remarks>
    /// As in sentence-transformers, this is <see cref="BertSentenceOptions.MaxSequenceLength"/> if it is set, otherwise
    /// <see cref="BertTokenizerOptions.ModelMaxLength"/>, and never more than <see cref="BertConfig.MaxPositionEmbeddings"/>.
    /// </remarks>
    public int MaxSequenceLength { get; }

    /// <summary>The weights that <see cref="Config"/> requires; null for a checkpoint that consists of an ONNX graph.</summary>
    internal BertWeights? Weights { get; }

    /// <summary>The bytes of <c>model.onnx</c> if there are no weights; otherwise null.</summary>
    internal byte[]? OnnxGraph { get; }

    /// <summary>
    /// The number of values of the vectors that the graph itself computes for texts, its output <c>sentence_embedding</c>; null if it has
    /// no such output. They result from all modules of sentence-transformers.
    /// </summary>
    internal int? GraphVectorSize { get; }

    /// <summary>The table of static embeddings, which a checkpoint has instead of weights or a graph; otherwise null.</summary>
    internal StaticTable? Table { get; }

    /// <summary>The file of <see cref="OnnxGraph"/>, for messages.</summary>
    internal string GraphFile { get; private init; } = WeightFiles.Graph;

    /// <summary>Whether the model computes in int8, by its weights or its graph.</summary>
    public bool IsQuantized => LazyInitializer.EnsureInitialized(
        ref _isQuantized, ref _knowsQuantized, ref _looking, () => Weights?.AreQuantized ?? WeightFiles.IsQuantized(OnnxGraph));

    /// <summary>A hash of the content, equal for models that are saved as equal files.</summary>
    internal string ContentHash => LazyInitializer.EnsureInitialized(ref _contentHash, ref _hashing, Hash);

    /// <summary>Creates a model with the same weights and tokenizer but other sentence options, which are saved with it.</summary>
    /// <param name="sentence">The options, best created with <c>model.Sentence with { … }</c>.</param>
    /// <exception cref="InvalidDataException">The options are not valid for the model.</exception>
    public BertModel WithSentence(BertSentenceOptions sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        return new BertModel(Config, Tokenizer, Weights, sentence, Name, OnnxGraph, Table) { GraphFile = GraphFile, Decoder = Decoder };
    }

    /// <summary>
    /// Returns a model whose weights can be trained, quantized and saved as safetensors: this model, or, if it consists of an ONNX graph,
    /// one whose weights are read from the graph.
    /// </summary>
    /// <remarks>
    /// Graphs of PyTorch, of Optimum and of this library are supported, in single or half precision and of every supported model type. The
    /// outputs of the result are compared with those of the graph on a few rows of tokens. <see cref="Quantize"/> and all trainers call
    /// this method.
    /// </remarks>
    /// <exception cref="NotSupportedException">The weights cannot be recognized, for example because the graph is int8, or the model type
    /// is not supported; the message says why.</exception>
    /// <exception cref="InvalidDataException">The graph is damaged, or computes something that <c>config.json</c> does not
    /// describe.</exception>
    public BertModel WithWeights()
    {
        RequireNetwork();
        return Weights is not null ? this : GraphWeightReader.Read(this);
    }

    /// <summary>
    /// Creates an int8 model with the same tokenizer, config and head, for every step that accepts a model. It quantizes the dense layers
    /// of the encoder, the token embeddings, and the scores of masked words; if there is a decoder, also those of the decoder. Weights are
    /// symmetric with one scale per output; activations are quantized at run time, with one scale per batch. Attention, normalization,
    /// poolers and classifiers do not change.
    /// </summary>
    /// <remarks>
    /// The result shares the memory of unchanged weights, and this model can be released. The result cannot be trained: train first. Its
    /// outputs depend slightly on the other rows of a batch, by about as much as int8 changes them.
    /// </remarks>
    /// <param name="options">The weights to leave as they are, and the range of the others; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The checkpoint consists of an ONNX graph, and its weights cannot be read; see
    /// <see cref="WithWeights"/>.</exception>
    /// <exception cref="InvalidOperationException">The model is already int8.</exception>
    /// <exception cref="ArgumentException">A module to leave as it is does not exist, or nothing is left to quantize.</exception>
    /// <exception cref="InvalidDataException">A weight is not a finite number.</exception>
    public BertModel Quantize(BertQuantizationOptions? options = null)
    {
        RequireNetwork();
        if (IsQuantized)
            throw new InvalidOperationException($"'{Name}' is already int8. Quantize the checkpoint that it was created from.");
        BertModel model = WithWeights();
        options ??= new BertQuantizationOptions();
        if (model.Decoder is not null)
            return QuantizedDecoder.Create(model, options);
        BertWeights weights = model.Weights!.Quantize(model.Config, options);
        return new BertModel(QuantizationConfig.AddTo(model.Config, weights), Tokenizer, weights, Sentence, Name);
    }

    /// <summary>
    /// The weights that training starts from: those of the network, with those of its decoder, or a copy of the table.
    /// </summary>
    internal BertWeights? TrainableWeights => Decoder is not null
        ? DecoderWeights.Join(Weights!, Decoder)
        : Table is null ? Weights : BertWeights.Create([(CanonicalNames.WordEmbeddings, [Table.Tokens, Table.Width], Table.ToVectors())]);

    /// <summary>Creates a checkpoint of the same kind, tokenizer and name with trained weights.</summary>
    internal BertModel WithTrained(BertConfig config, BertWeights weights, BertSentenceOptions sentence)
    {
        if (Table is null)
        {
            (BertWeights encoder, BertWeights? decoder) = DecoderWeights.Divide(weights, Decoder?.SharesEncoder ?? false);
            return new BertModel(config, Tokenizer, encoder, sentence, Name)
            {
                Decoder = decoder is null ? null : Decoder!.With(decoder),
            };
        }
        BertTensor vectors = weights[CanonicalNames.WordEmbeddings].Rename(Table.Vectors.Name);
        return StaticFiles.Create(config, Tokenizer, new StaticTable(vectors), sentence, Name);
    }

    /// <summary>Checks that this is an encoder and not a table of static embeddings.</summary>
    /// <exception cref="NotSupportedException">It is a table.</exception>
    internal void RequireNetwork()
    {
        if (Table is not null)
            throw new NotSupportedException(
                $"'{Name}' is a table of static embeddings without a network, so it only computes vectors of texts (ApplyBertEmbedding, " +
                "ApplyBertPairEmbedding). Use the checkpoint that it was created from, or another encoder.");
    }

    /// <summary>Checks the option <c>MaxLength</c>.</summary>
    /// <param name="maxLength">The maximum number of tokens in a row.</param>
    /// <param name="hasPair">Whether rows are pairs.</param>
    /// <exception cref="ArgumentException">It is too small for a text, or the checkpoint does not have that many positions.</exception>
    internal void CheckMaxLength(int maxLength, bool hasPair = false)
    {
        int special = Tokenizer.Row.SpecialTokens(hasPair), least = special + (hasPair ? 2 : 1);
        if (maxLength < least || maxLength > Config.MaxTokens)
            throw new ArgumentException(
                $"MaxLength is {maxLength}; it must be from {least} ({special} special tokens and one of " +
                $"{(hasPair ? "each text" : "the text")}) to {Config.MaxTokens}, the positions of the model '{Name}'.");
    }

    /// <inheritdoc/>
    public override string ToString() => Table is { } table
        ? $"{Name}: {Config.ModelType}, {table.Tokens} static embeddings of {table.Width}"
        : $"{Name}: {Config.ModelType}, {Config.NumHiddenLayers} layers of {Config.HiddenSize}";

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
