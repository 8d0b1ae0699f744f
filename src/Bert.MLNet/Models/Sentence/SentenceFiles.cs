using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// Reads and writes the files of sentence-transformers. <c>modules.json</c> lists a chain of modules with a folder each (the transformer,
/// the mean over layers, the token weights, pooling, and layers over the pooled vector), and other files contain the maximum length and the
/// prompts.
/// </summary>
internal static class SentenceFiles
{
    public const string Modules = "modules.json";

    // The first is the current name, the others occur in old models.
    private static readonly string[] Transformers =
        [.. ModelFamilies.All.Select(family => $"sentence_{family.ModelType}_config.json")];

    /// <summary>All files that <see cref="Write"/> can create, under all names that <see cref="Read"/> accepts.</summary>
    public static readonly string[] All = [Modules, PromptFile.Name, .. Transformers, .. SentenceChain.PossibleFiles()];

    /// <summary>The contents of <c>modules.json</c> and its modules.</summary>
    /// <param name="Options">The options for converting a text to a vector.</param>
    /// <param name="TransformerFolder">The folder of the checkpoint itself; empty for the root.</param>
    /// <param name="LowerCase">Whether text is converted to lower case before a cased tokenizer.</param>
    /// <param name="Width">The size of hidden states that the pooling expects, or null if unknown.</param>
    /// <param name="Layers">The number of layers that the pooling expects, or null if unknown.</param>
    public sealed record Content(BertSentenceOptions Options, string TransformerFolder, bool LowerCase, int? Width, int? Layers)
    {
        /// <summary>Whether the first module is a table of static embeddings instead of a transformer.</summary>
        public bool IsStatic { get; init; }
    }

    /// <exception cref="NotSupportedException">A module or a pooling is not supported.</exception>
    public static Content Read(FileSource files)
    {
        var options = new BertSentenceOptions();
        var vectorLayers = new List<VectorLayer>();
        string transformer = "";
        int? width = null, layers = null;
        bool isStatic = false;
        if (files.ReadText(Modules) is { } modules)
        {
            options = options with { Source = "{}" };
            foreach ((string kind, string path) in SentenceChain.Parse(modules, files.Describe(Modules)))
            {
                var module = new ModuleFiles(files, path);
                switch (kind)
                {
                    case SentenceChain.LayerModule:
                        (layers, int count) = WeightedLayerPooling.Read(module);
                        options = options with { NumberOfLastLayers = count };
                        break;
                    case SentenceChain.WeightsModule:
                        options = options with { TokenWeights = WordWeights.Read(module) };
                        break;
                    case SentenceChain.Pooling:
                        (options, width) = PoolingFile.Read(module, options, ofLayers: layers is not null);
                        break;
                    case DenseLayer.Name:
                        vectorLayers.Add(DenseLayer.Read(module));
                        break;
                    case LayerNormLayer.Name:
                        vectorLayers.Add(LayerNormLayer.Read(module));
                        break;
                    case NormalizeLayer.Name:
                        vectorLayers.Add(NormalizeLayer.Read(module));
                        break;
                    default:
                        (transformer, isStatic) = (path, kind == SentenceChain.Static);
                        break;
                }
            }
        }
        if (vectorLayers is [.., NormalizeLayer])
            options = options with { Normalize = true, Layers = vectorLayers[..^1] };
        else
            options = options with { Layers = vectorLayers };
        FileSource folder = files.Below(transformer);
        bool lowerCase = false;
        if (Array.Find(Transformers, folder.Contains) is { } name)
        {
            JsonFields fields = JsonFields.Parse(folder.ReadText(name)!, folder.Describe(name));
            if (fields.Text("transformer_task") is { } task && task != "feature-extraction")
                throw new NotSupportedException(
                    $"'transformer_task' in '{folder.Describe(name)}' is '{task}', which is not supported: only 'feature-extraction' is. " +
                    "Use another checkpoint.");
            lowerCase = fields.Flag("do_lower_case") ?? false;
            options = options with { Source = options.Source ?? "{}", MaxSequenceLength = fields.Whole("max_seq_length", 1) };
        }
        if (files.ReadText(PromptFile.Name) is { } prompts)
            options = PromptFile.Read(prompts, files.Describe(PromptFile.Name), options);
        return new Content(options, transformer, lowerCase, width, layers) { IsStatic = isStatic };
    }

    /// <summary>Lists the weights of modules other than the transformer, according to <c>modules.json</c>.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static IEnumerable<string> ModuleWeights(FileSource files) =>
        files.ReadText(Modules) is not { } modules ? []
            : SentenceChain.Parse(modules, files.Describe(Modules)).Skip(1).Select(module => $"{module.Path}/{ModuleFiles.WeightsName}");

    /// <summary>Writes the files, unless the options are the defaults and do not come from files.</summary>
    /// <param name="options">The options.</param>
    /// <param name="config">The config of the transformer.</param>
    /// <param name="vocabulary">The tokens, for their weights.</param>
    /// <param name="create">Creates a file by its path.</param>
    /// <param name="isStatic">Whether the first module is a table of static embeddings, which has no pooling.</param>
    public static void Write(
        BertSentenceOptions options, BertConfig config, BertVocabulary vocabulary, Func<string, Stream> create, bool isStatic = false)
    {
        bool ofLayers = options.Pooling == BertPooling.LastLayersMean;
        if (!ofLayers)
            // it is ignored, and not stored in the files
            options = options with { NumberOfLastLayers = new BertSentenceOptions().NumberOfLastLayers };
        if (options == new BertSentenceOptions() && !isStatic)
            return;
        if (options.Pooling is BertPooling.None || (!ofLayers && options.Pooling.HasFlag(BertPooling.LastLayersMean)))
            throw new NotSupportedException(
                $"sentence-transformers has no pooling '{options.Pooling}', so the model's {nameof(BertModel.Sentence)} options cannot " +
                "be saved. Choose another pooling.");
        PoolingFile.CheckWeighted(options, $"The model's {nameof(BertModel.Sentence)} options cannot be saved");
        IReadOnlyList<VectorLayer> vectorLayers = options.Normalize ? [.. options.Layers, new NormalizeLayer()] : options.Layers;
        string[] kinds = isStatic ? [SentenceChain.Static] : [.. new[] { "Transformer", ofLayers ? SentenceChain.LayerModule : null,
            options.TokenWeights is null ? null : SentenceChain.WeightsModule, SentenceChain.Pooling }.OfType<string>()];
        string Folder(string kind) => SentenceChain.Folder(Array.IndexOf(kinds, kind), kind);

        WriteText(create, Modules, SentenceChain.Format(kinds.Concat(vectorLayers.Select(layer => layer.Kind))));
        if (ofLayers)
        {
            string folder = Folder(SentenceChain.LayerModule);
            WriteText(create, $"{folder}/{ModuleFiles.ConfigName}", WeightedLayerPooling.FormatConfig(config, options.NumberOfLastLayers));
            WriteTensors(create, folder, WeightedLayerPooling.Weights(options.NumberOfLastLayers));
        }
        if (options.TokenWeights is { } weights && !isStatic)
            WriteText(create, $"{Folder(SentenceChain.WeightsModule)}/{WordWeights.FileName}", WordWeights.Format(weights, vocabulary));
        if (!isStatic)
            WriteText(create, $"{Folder(SentenceChain.Pooling)}/{ModuleFiles.ConfigName}", PoolingFile.Format(options, config.HiddenSize));
        foreach ((int place, VectorLayer layer) in vectorLayers.Index())
        {
            // Every module has a file, because git and model hubs do not store empty folders.
            string folder = SentenceChain.Folder(kinds.Length + place, layer.Kind);
            WriteText(create, $"{folder}/{ModuleFiles.ConfigName}", layer.Config);
            if (layer.Tensors.Count > 0)
                WriteTensors(create, folder, layer.Tensors);
        }
        WriteText(create, Transformers[0],
            JsonFile.Format(new Dictionary<string, object?> { ["max_seq_length"] = options.MaxSequenceLength, ["do_lower_case"] = false }));
        WriteText(create, PromptFile.Name, PromptFile.Format(options));
    }

    private static void WriteTensors(Func<string, Stream> create, string folder, IReadOnlyList<BertTensor> tensors)
    {
        using Stream stream = create($"{folder}/{ModuleFiles.WeightsName}");
        new Safetensors(tensors, Safetensors.DefaultMetadata).Write(stream);
    }

    private static void WriteText(Func<string, Stream> create, string path, string text)
    {
        using var writer = new StreamWriter(create(path));
        writer.Write(text);
    }
}
