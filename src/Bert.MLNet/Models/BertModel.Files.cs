using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

// Checkpoints as folders.
public sealed partial class BertModel
{
    internal const string ConfigName = "config.json";

    /// <summary>
    /// Opens a checkpoint in HuggingFace's format. It consists of <c>config.json</c> of a supported <c>model_type</c> such as <c>bert</c>,
    /// <c>xlm-roberta</c>, <c>mpnet</c>, <c>deberta-v2</c> or <c>modernbert</c>, the files of its tokenizer, and
    /// <c>model.safetensors</c>, its shards, or <c>model.onnx</c>. The files of sentence-transformers apply. A table of static
    /// embeddings (sentence-transformers' <c>StaticEmbedding</c>, model2vec) is opened, too, and an encoder with a decoder
    /// (<c>encoder-decoder</c>). Everything is read and checked immediately; the files can change afterwards.
    /// </summary>
    /// <remarks>
    /// If there is only an ONNX graph, it is run as it is, and the model type can be any whose graph has BERT's inputs. Weights are read
    /// from the graph when something needs them: see <see cref="WithWeights"/>.
    /// </remarks>
    /// <param name="nameOrPath">The folder or, if it does not exist, the name of a model on the HuggingFace hub such as
    /// <c>sentence-transformers/all-MiniLM-L6-v2</c>, which is downloaded with
    /// <see cref="BertHub.DownloadAsync(string, BertHubOptions, CancellationToken)"/>.</param>
    /// <param name="options">The revision and other options for the hub; null for the defaults. Ignored for a folder.</param>
    /// <param name="quantization">The quantization of weights to int8 while they are read, so that memory never holds all of them as
    /// floats; null (the default) for none. The result equals that of <see cref="Quantize"/>.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist, and it is not a valid model name.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached or does not send the model; the message says why and what to
    /// do.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or files do not belong together.</exception>
    /// <exception cref="NotSupportedException">The checkpoint requires something that is not supported; the message names it. If it is the
    /// <c>model_type</c>, the message lists the supported ones.</exception>
    public static BertModel FromPretrained(string nameOrPath, BertHubOptions? options = null, BertQuantizationOptions? quantization = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        return CheckpointFolder.Find(nameOrPath) is { } files
            ? ReadFrom(files, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(nameOrPath))), quantization)
            : ReadFrom(new FolderSource(BertHub.DownloadAsync(nameOrPath, options).GetAwaiter().GetResult()), nameOrPath, quantization,
                isDownload: true);
    }

    /// <summary>Opens a checkpoint like <see cref="FromPretrained"/>, without blocking the caller.</summary>
    /// <param name="nameOrPath">The folder, or the name of a model on the hub.</param>
    /// <param name="options">The revision and other options for the hub; null for the defaults.</param>
    /// <param name="quantization">The quantization of weights to int8 while they are read; null (the default) for none.</param>
    /// <param name="cancellationToken">Cancels the download. Received bytes are kept, and the next call continues from there.</param>
    /// <inheritdoc cref="FromPretrained" path="/exception"/>
    public static Task<BertModel> FromPretrainedAsync(
        string nameOrPath, BertHubOptions? options = null, BertQuantizationOptions? quantization = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        return Task.Run(
            async () => CheckpointFolder.Find(nameOrPath) is not null
                ? FromPretrained(nameOrPath, quantization: quantization)
                : ReadFrom(new FolderSource(await BertHub.DownloadAsync(nameOrPath, options, cancellationToken)), nameOrPath, quantization,
                    isDownload: true),
            cancellationToken);
    }

    /// <summary>
    /// Saves the checkpoint in the format that <see cref="FromPretrained"/> and HuggingFace's libraries read. Weights keep their original
    /// names and item types, and unknown fields of <c>config.json</c> are kept.
    /// </summary>
    /// <remarks>
    /// An existing checkpoint is replaced completely: its other files, such as shards, other formats of its weights and the files of
    /// sentence-transformers, are deleted; unrelated files remain. All files are complete before the first is replaced, and after a failure
    /// the folder is unchanged. If the process is killed during the short exchange, <see cref="FromPretrained"/> rejects the folder, so the
    /// files of two models are never mixed; save to the folder again.
    /// </remarks>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <exception cref="IOException">The folder cannot be written, another process is saving to it, or it has files with the same names
    /// that do not belong to a checkpoint.</exception>
    public void SavePretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        CheckpointFolder.Write(folder, WriteTo);
    }

    /// <summary>Reads a checkpoint from files that may be truncated or mixed up.</summary>
    internal static BertModel ReadFrom(FileSource files, string name, BertQuantizationOptions? quantization = null, bool isDownload = false)
    {
        BertModel model = Read(files, name, quantization);
        WholeCheckpoint.Check(model, isDownload);
        return model;
    }

    private static BertModel Read(FileSource files, string name, BertQuantizationOptions? quantization = null)
    {
        FileSource all = files;
        SentenceFiles.Content sentence = SentenceFiles.Read(files);
        files = files.Below(sentence.TransformerFolder);
        if (sentence.IsStatic || StaticFiles.HasConfig(files))
        {
            BertModel table = StaticFiles.Read(files, sentence.Options, name);
            if (quantization is not null)
                table.RequireNetwork();
            return table;
        }
        BertConfig config = ReadConfig(files);
        if (quantization is not null && DecoderFiles.ParseConfig(files) is not null)
            return Read(all, name).Quantize(quantization);
        if (sentence.Width is { } width && width != config.HiddenSize)
            throw new InvalidDataException(
                $"The pooling of '{name}' is for hidden states of {width} values, but '{files.Describe("config.json")}' has a hidden " +
                $"size of {config.HiddenSize}. Check that the files belong together.");
        if (sentence.Layers is { } layers && layers != config.NumHiddenLayers)
            throw new InvalidDataException(
                $"The pooling of '{name}' is for {layers} layers, but '{files.Describe("config.json")}' has {config.NumHiddenLayers}. " +
                "Check that the files belong together.");
        BertWeights? weights = null;
        BertTokenizer? read = null;
        // For a small model, reading the vocabulary takes as long as reading the weights.
        Workers.Share(2, workers: 2, (_, part) =>
        {
            if (part == 0)
                weights = WeightFiles.Read(files, config, quantization);
            else
                read = BertTokenizer.ReadFrom(files, config.Family.TokenizerClass);
        });
        BertTokenizer tokenizer = read!;
        if (quantization is not null && weights is not null)
            config = QuantizationConfig.AddTo(config, weights);
        // sentence-transformers converts text to lower case before a cased tokenizer, which still does not strip accents.
        if (sentence.LowerCase && !tokenizer.Options.DoLowerCase)
            tokenizer = tokenizer.WithOptions(
                tokenizer.Options with { DoLowerCase = true, StripAccents = tokenizer.Options.StripAccents ?? false });
        if (DecoderFiles.ParseConfig(files) is { } whole)
        {
            (BertWeights encoder, BertDecoder decoder) = DecoderFiles.Read(whole, files, config, weights, tokenizer);
            return new BertModel(config, tokenizer, encoder, sentence.Options, name) { Decoder = decoder };
        }
        if (weights is not null)
            return new BertModel(config, tokenizer, weights, sentence.Options, name);
        var graph = new BertModel(config, tokenizer, null, sentence.Options, name, WeightFiles.ReadGraph(files))
        {
            GraphFile = files.Describe(WeightFiles.GraphOf(files)),
        };
        return quantization is null ? graph : graph.Quantize(quantization);
    }

    /// <summary>
    /// Reads the config of a checkpoint's encoder, of any family if an ONNX graph takes the place of weights.
    /// </summary>
    internal static BertConfig ReadConfig(FileSource files)
    {
        string file = files.Describe(ConfigName);
        string json = files.ReadText(ConfigName)
            ?? throw new FileNotFoundException(
                $"'{file}' does not exist. Pass the folder of a complete checkpoint: config.json, vocabulary and weights.", file);
        return ConfigFile.Read(DecoderFiles.EncoderConfig(json, file), file, WeightFiles.HaveOnlyGraph(files));
    }

    /// <summary>
    /// Writes the files of <see cref="SavePretrained"/> with a function that creates one by its path. Each is closed before the next is
    /// created.
    /// </summary>
    internal void WriteTo(Func<string, Stream> create)
    {
        if (Table is { } table)
        {
            SentenceFiles.Write(Sentence, Config, Tokenizer.Vocabulary, create, isStatic: true);
            Tokenizer.WriteTo(create);
            StaticFiles.Write(this, table, create);
            return;
        }
        if (Decoder is not null)
        {
            DecoderFiles.Write(this, create);
            return;
        }
        WriteTextsTo(create, Config.ToJson(outputHiddenStates: Sentence.Pooling.HasFlag(BertPooling.LastLayersMean)));
        using Stream stream = create(Weights is null ? GraphPath : WeightFiles.Single);
        if (Weights is not null)
            Weights.ToFile(Config).Write(stream);
        else
            stream.Write(OnnxGraph);
    }

    /// <summary>Writes all files except the weights, with the given text as <c>config.json</c>.</summary>
    internal void WriteTextsTo(Func<string, Stream> create, string config)
    {
        SentenceFiles.Write(Sentence, Config, Tokenizer.Vocabulary, create);
        using (var writer = new StreamWriter(create("config.json")))
            writer.Write(config);
        Tokenizer.WriteTo(create);
    }

    /// <summary>The path of this model's graph in a folder.</summary>
    internal string GraphPath => IsQuantized ? WeightFiles.QuantizedGraph : WeightFiles.Graph;

    private static BertModel LoadIncluded(string name)
    {
        string[] folders = [.. DeployedFolders.Of(typeof(BertModel).Assembly)
            .Select(folder => Path.Combine(folder, "models", name))];
        return Array.Find(folders, folder => File.Exists(Path.Combine(folder, "config.json"))) is { } found
            ? FromPretrained(found)
            : throw new DirectoryNotFoundException(
                $"The library's model '{name}' is not in '{string.Join("' or '", folders)}'. Deploy that folder with the " +
                "application, or pass another model: BertModel.FromPretrained(FOLDER).");
    }
}
