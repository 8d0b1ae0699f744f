using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

// Checkpoints as folders.
public sealed partial class BertModel
{
    /// <summary>
    /// Opens a checkpoint in HuggingFace's folder form: <c>config.json</c> of model type <c>bert</c>, <c>distilbert</c> or <c>mpnet</c>,
    /// <c>vocab.txt</c> or <c>tokenizer.json</c>, and <c>model.safetensors</c>, its shards, or <c>model.onnx</c>. The files
    /// of sentence-transformers are honoured. Everything is read and checked now; the files may change afterwards.
    /// </summary>
    /// <param name="nameOrPath">
    /// The folder; where there is none, the name of a model on the HuggingFace hub such as
    /// <c>sentence-transformers/all-MiniLM-L6-v2</c>, which is downloaded as
    /// <see cref="BertHub.DownloadAsync(string, BertHubOptions, CancellationToken)"/> does it.
    /// </param>
    /// <param name="options">The revision, and how to get it from the hub; null for the defaults. Without a meaning for a folder.</param>
    /// <param name="quantization">
    /// How weights become int8 as they are read, so that memory never holds them all as floats; null (the default) keeps them. The result
    /// is that of <see cref="Quantize"/>.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and it cannot be a model's name.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached or does not give the model; the message says why and what to
    /// do.</exception>
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
    /// A checkpoint that is there is replaced as a whole: what it has besides goes, such as shards, other forms of its weights and the
    /// files of
    /// sentence-transformers; files of another kind stay. All files are complete before the first takes its place, and after a failure the
    /// folder
    /// is as it was. A process that is killed in the short moment of the exchange leaves a folder that <see cref="FromPretrained"/>
    /// refuses,
    /// never the files of two models; save there again.
    /// </remarks>
    /// <param name="folder">The folder; it is created when it is not there.</param>
    /// <exception cref="IOException">The folder cannot be written, another process saves there, or it has files of the same names that are
    /// no checkpoint's.</exception>
    public void SavePretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        CheckpointFolder.Write(folder, WriteTo);
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
            throw new InvalidDataException($"The pooling of '{name}' is for hidden states of {width} values, but '{files.Describe("config.json")}' has a hidden size of {config.HiddenSize}. Check that the files belong together.");
        if (sentence.Layers is { } layers && layers != config.NumHiddenLayers)
            throw new InvalidDataException($"The pooling of '{name}' is for {layers} layers, but '{files.Describe("config.json")}' has {config.NumHiddenLayers}. Check that the files belong together.");
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
            files.ReadText("config.json") ?? throw new FileNotFoundException($"'{file}' does not exist. Pass the folder of a complete checkpoint: config.json, vocabulary and weights.", file), file);
    }

    /// <summary>
    /// Writes the files of <see cref="SavePretrained"/> through a function that creates one by its path; each is closed before the next is
    /// made.
    /// </summary>
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

    private static BertModel LoadDefault()
    {
        string[] folders = [.. DeployedFolders.Of(typeof(BertModel).Assembly).Select(folder => Path.Combine(folder, "models", DefaultName))];
        return Array.Find(folders, folder => File.Exists(Path.Combine(folder, "config.json"))) is { } found
            ? FromPretrained(found)
            : throw new DirectoryNotFoundException(
                $"No model was specified, and the library's default model is not in '{string.Join("' or '", folders)}'. Deploy that folder with the application, or pass a model: BertModel.FromPretrained(FOLDER).");
    }
}
