using System.Security.Cryptography;
using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>
/// A checkpoint: config, tokenizer, weights, and what its makers say about sentences. Immutable and thread-safe; it holds
/// no session and no open file, needs no disposal, and one instance serves any number of estimators.
/// </summary>
public sealed class BertModel
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
                $"The vocabulary{tokenizer.VocabularyFile} of '{name}' has {tokenizer.Vocabulary.Size} tokens, and its model has embeddings for {config.VocabSize} ('vocab_size' in config.json). " +
                "Use the vocabulary that belongs to the model, or resize its embeddings.");
        }
        Config = config;
        Tokenizer = tokenizer;
        Weights = weights?.For(config);
        Sentence = sentence ?? new BertSentenceOptions();
        Name = name;
        OnnxGraph = onnxGraph;
        if (Sentence.TokenWeights is { } tokenWeights && tokenWeights.Count < tokenizer.Vocabulary.Size)
            throw new InvalidDataException($"'{name}' has token weights for {tokenWeights.Count} tokens (wordweights_config.json), and its vocabulary has {tokenizer.Vocabulary.Size}. Give every token a weight.");
        if (Sentence.Pooling.HasFlag(BertPooling.LastLayersMean) && (Sentence.NumberOfLastLayers < 1 || Sentence.NumberOfLastLayers > config.NumHiddenLayers + 1))
            throw new InvalidDataException($"The sentence options of '{name}' average {Sentence.NumberOfLastLayers} layers, and it has {config.NumHiddenLayers}, {config.NumHiddenLayers + 1} with the output of its embeddings. Average fewer.");
        MaxSequenceLength = Math.Min(config.MaxTokens, Sentence.MaxSequenceLength ?? tokenizer.Options.ModelMaxLength ?? int.MaxValue);
        if (MaxSequenceLength < MinSequenceLength)
        {
            throw new InvalidDataException(
                $"The longest row of '{name}' is {MaxSequenceLength} tokens, too few for [CLS] and [SEP]. " +
                "Correct max_position_embeddings in config.json, model_max_length in tokenizer_config.json or max_seq_length in sentence_bert_config.json.");
        }
    }

    /// <summary>bert-mini-en, the small English model that comes with the library.</summary>
    /// <remarks>
    /// It lies in the folder <c>models</c> beside the application, beside the library, or in the library's package. It is opened once; after a failure the next call tries again.
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
    /// As in sentence-transformers: <see cref="BertSentenceOptions.MaxSequenceLength"/> where it is set, else <see cref="BertTokenizerOptions.ModelMaxLength"/>,
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

    /// <summary>
    /// Opens a checkpoint in HuggingFace's folder form: <c>config.json</c> of model type <c>bert</c>, <c>distilbert</c> or <c>mpnet</c>,
    /// <c>vocab.txt</c> or <c>tokenizer.json</c>, and <c>model.safetensors</c>, its shards, or <c>model.onnx</c>. The files
    /// of sentence-transformers are honoured. Everything is read and checked now; the files may change afterwards.
    /// </summary>
    /// <param name="nameOrPath">
    /// The folder; where there is none, the name of a model on the HuggingFace hub such as
    /// <c>sentence-transformers/all-MiniLM-L6-v2</c>, which is downloaded as <see cref="BertHub.DownloadAsync(string, BertHubOptions, CancellationToken)"/> does it.
    /// </param>
    /// <param name="options">The revision, and how to get it from the hub; null for the defaults. Without a meaning for a folder.</param>
    /// <param name="quantization">
    /// How weights become int8 as they are read, so that memory never holds them all as floats; null (the default) keeps them. The result is that of <see cref="Quantize"/>.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and it cannot be a model's name.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached or does not give the model; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or files do not belong together.</exception>
    /// <exception cref="NotSupportedException">The checkpoint asks for something that is not supported; the message names it.</exception>
    public static BertModel FromPretrained(string nameOrPath, BertHubOptions? options = null, BertQuantizationOptions? quantization = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        return CheckpointFolder.Find(nameOrPath) is { } files
            ? ReadFrom(files, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(nameOrPath))), quantization)
            : ReadFrom(new FolderSource(BertHub.DownloadAsync(nameOrPath, options).GetAwaiter().GetResult()), nameOrPath, quantization, isDownload: true);
    }

    /// <summary>Does the same as <see cref="FromPretrained"/> without holding up the caller.</summary>
    /// <param name="nameOrPath">The folder, or the name of a model on the hub.</param>
    /// <param name="options">The revision, and how to get it from the hub; null for the defaults.</param>
    /// <param name="quantization">How weights become int8 as they are read; null (the default) keeps them.</param>
    /// <param name="cancellationToken">Ends the download; what has come is kept, and the next call goes on from there.</param>
    /// <inheritdoc cref="FromPretrained" path="/exception"/>
    public static Task<BertModel> FromPretrainedAsync(
        string nameOrPath, BertHubOptions? options = null, BertQuantizationOptions? quantization = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        return Task.Run(
            async () => CheckpointFolder.Find(nameOrPath) is not null
                ? FromPretrained(nameOrPath, quantization: quantization)
                : ReadFrom(new FolderSource(await BertHub.DownloadAsync(nameOrPath, options, cancellationToken)), nameOrPath, quantization, isDownload: true),
            cancellationToken);
    }

    /// <summary>
    /// Saves the checkpoint in the form that <see cref="FromPretrained"/> and HuggingFace's libraries read: weights with
    /// the names and item types that they came with, fields of <c>config.json</c> that are unknown here kept.
    /// </summary>
    /// <remarks>
    /// A checkpoint that is there is replaced as a whole: what it has besides goes, such as shards, other forms of its weights and the files of
    /// sentence-transformers; files of another kind stay. All files are complete before the first takes its place, and after a failure the folder
    /// is as it was. A process that is killed in the short moment of the exchange leaves a folder that <see cref="FromPretrained"/> refuses,
    /// never the files of two models; save there again.
    /// </remarks>
    /// <param name="folder">The folder; it is created when it is not there.</param>
    /// <exception cref="IOException">The folder cannot be written, another process saves there, or it has files of the same names that are no checkpoint's.</exception>
    public void SavePretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        CheckpointFolder.Write(folder, WriteTo);
    }

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
            throw new InvalidOperationException($"'{Name}' is int8 already. Quantize the checkpoint that it was made from.");
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

    /// <summary>Reads a checkpoint from files that may have been cut off or mixed up.</summary>
    internal static BertModel ReadFrom(FileSource files, string name, BertQuantizationOptions? quantization = null, bool isDownload = false)
    {
        BertModel model = Read(files, name, quantization);
        WholeCheckpoint.Check(model, isDownload);
        return model;
    }

    private static BertModel Read(FileSource files, string name, BertQuantizationOptions? quantization = null)
    {
        SentenceFiles.Content sentence = SentenceFiles.Read(files);
        files = files.Below(sentence.TransformerFolder);
        BertConfig config = ReadConfig(files);
        if (sentence.Width is { } width && width != config.HiddenSize)
            throw new InvalidDataException($"The pooling of '{name}' is made for hidden states of {width} values, and '{files.Describe("config.json")}' has a hidden size of {config.HiddenSize}. Check that the files belong together.");
        if (sentence.Layers is { } layers && layers != config.NumHiddenLayers)
            throw new InvalidDataException($"The pooling of '{name}' is made for {layers} layers, and '{files.Describe("config.json")}' has {config.NumHiddenLayers}. Check that the files belong together.");
        BertWeights? weights = null;
        BertTokenizer? read = null;
        // What a small model's vocabulary takes in time is no less than what its weights take.
        Workers.Share(2, workers: 2, (_, part) =>
        {
            if (part == 0)
                weights = WeightFiles.Read(files, config, quantization);
            else
                read = BertTokenizer.ReadFrom(files, config.Family.TokenizerClass);
        });
        BertTokenizer tokenizer = read!;
        if (quantization is not null)
            config = QuantizationConfig.AddTo(config, weights ?? throw Unquantizable(name));
        // sentence-transformers lower-cases in front of a cased tokenizer, which strips no accents for that.
        if (sentence.LowerCase && !tokenizer.Options.DoLowerCase)
            tokenizer = tokenizer.WithOptions(tokenizer.Options with { DoLowerCase = true, StripAccents = tokenizer.Options.StripAccents ?? false });
        return weights is not null ? new BertModel(config, tokenizer, weights, sentence.Options, name)
            : new BertModel(config, tokenizer, null, sentence.Options, name, WeightFiles.ReadGraph(files)) { GraphFile = files.Describe(WeightFiles.GraphOf(files)) };
    }

    /// <summary>Reads the config among the files of a checkpoint.</summary>
    internal static BertConfig ReadConfig(FileSource files)
    {
        string file = files.Describe("config.json");
        return BertConfig.Parse(
            files.ReadText("config.json") ?? throw new FileNotFoundException($"There is no '{file}'. Pass the folder of a whole checkpoint: config.json, vocabulary and weights.", file), file);
    }

    /// <summary>Writes the files of <see cref="SavePretrained"/> through a function that creates one by its path; each is closed before the next is made.</summary>
    internal void WriteTo(Func<string, Stream> create)
    {
        WriteTextsTo(create, Config.ToJson(outputHiddenStates: Sentence.Pooling.HasFlag(BertPooling.LastLayersMean)));
        using Stream stream = create(Weights is null ? GraphPath : WeightFiles.Single);
        if (Weights is not null)
            Weights.ToFile(Config).Write(stream);
        else
            stream.Write(OnnxGraph);
    }

    /// <summary>Writes all files but the weights, with a given text as <c>config.json</c>.</summary>
    internal void WriteTextsTo(Func<string, Stream> create, string config)
    {
        SentenceFiles.Write(Sentence, Config, Tokenizer.Vocabulary, create);
        using (var writer = new StreamWriter(create("config.json")))
            writer.Write(config);
        Tokenizer.WriteTo(create);
    }

    /// <summary>Where a folder has this model's graph.</summary>
    internal string GraphPath => IsQuantized ? WeightFiles.QuantizedGraph : WeightFiles.Graph;

    /// <summary>Writes the checkpoint into a model.zip, once for all components that share it.</summary>
    internal void Save(ModelSaveContext ctx)
    {
        if (IsQuantized && Weights is not null)
            ComponentVersion.RequireWriter(ctx);
        ctx.SaveNonEmptyString(Name);
        SharedFolder.Save(ctx, ContentHash, WriteTo);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. Components that shared a checkpoint share it again.</summary>
    internal static BertModel Load(ModelLoadContext ctx)
    {
        string name = ctx.LoadNonEmptyString();
        return SharedFolder.Load(ctx, files => Read(new ArchiveSource(files), name));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Config.ModelType}, {Config.NumHiddenLayers} layers of {Config.HiddenSize}";

    private static NotSupportedException Unquantizable(string name) =>
        new($"'{name}' holds an ONNX graph and no weights, so it cannot be quantized here. Use a checkpoint with {WeightFiles.Single}, or quantize the graph where it was exported.");

    private static BertModel LoadDefault()
    {
        string[] folders = [.. DeployedFolders.Of(typeof(BertModel).Assembly).Select(folder => Path.Combine(folder, "models", DefaultName))];
        return Array.Find(folders, folder => File.Exists(Path.Combine(folder, "config.json"))) is { } found
            ? FromPretrained(found)
            : throw new DirectoryNotFoundException(
                $"No model was given, and the one that comes with the library is not in '{string.Join("' or '", folders)}'. Deploy that folder with the application, or pass a model: BertModel.FromPretrained(FOLDER).");
    }

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
