using System.Text.Json;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// Reads and writes the files of sentence-transformers. <c>modules.json</c> lists a chain of modules with a folder each (the transformer,
/// the mean over layers, the token weights, pooling, normalization), and other files contain the maximum length and the prompts.
/// </summary>
internal static class SentenceFiles
{
    public const string Modules = "modules.json";
    private const string Prompts = "config_sentence_transformers.json";
    private const string LayerModule = nameof(WeightedLayerPooling), WeightsModule = nameof(WordWeights);

    // The first is the current name, the others occur in old models.
    private static readonly string[] Transformers =
        [.. ModelFamilies.All.Select(family => $"sentence_{family.ModelType}_config.json")];

    // In the order in which sentence-transformers concatenates them; the names are those of its newer files.
    private static readonly (string Flag, string Name, BertPooling Pooling)[] PoolingModes =
    [
        ("pooling_mode_cls_token", "cls", BertPooling.Cls),
        ("pooling_mode_max_tokens", "max", BertPooling.Max),
        ("pooling_mode_mean_tokens", "mean", BertPooling.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", BertPooling.MeanSqrtLength),
        ("pooling_mode_weightedmean_tokens", "weightedmean", BertPooling.None),
        ("pooling_mode_lasttoken", "lasttoken", BertPooling.None),
    ];

    /// <summary>All files that <see cref="Write"/> can create, under all names that <see cref="Read"/> accepts.</summary>
    public static readonly string[] All =
    [
        Modules, Prompts, .. Transformers,
        $"1_{LayerModule}/{WeightedLayerPooling.ConfigName}", $"1_{LayerModule}/{WeightedLayerPooling.WeightsName}",
        $"1_{WeightsModule}/{WordWeights.FileName}", $"2_{WeightsModule}/{WordWeights.FileName}",
        "1_Pooling/config.json", "2_Pooling/config.json", "3_Pooling/config.json", "2_Normalize/config.json", "3_Normalize/config.json",
        "4_Normalize/config.json",
    ];

    /// <summary>The contents of <c>modules.json</c> and its modules.</summary>
    /// <param name="Options">The options for converting a text to a vector.</param>
    /// <param name="TransformerFolder">The folder of the checkpoint itself; empty for the root.</param>
    /// <param name="LowerCase">Whether text is converted to lower case before a cased tokenizer.</param>
    /// <param name="Width">The size of hidden states that the pooling expects, or null if unknown.</param>
    /// <param name="Layers">The number of layers that the pooling expects, or null if unknown.</param>
    public sealed record Content(BertSentenceOptions Options, string TransformerFolder, bool LowerCase, int? Width, int? Layers);

    /// <exception cref="NotSupportedException">A module or a pooling is not supported.</exception>
    public static Content Read(FileSource files)
    {
        var options = new BertSentenceOptions();
        string transformer = "";
        int? width = null, layers = null;
        if (files.ReadText(Modules) is { } modules)
        {
            options = options with { Source = "{}" };
            foreach ((string kind, string path) in Chain(modules, files.Describe(Modules)))
            {
                switch (kind)
                {
                    case LayerModule:
                        (layers, int count) = WeightedLayerPooling.Read(files, path, Modules);
                        options = options with { NumberOfLastLayers = count };
                        break;
                    case WeightsModule:
                        options = options with { TokenWeights = WordWeights.Read(files, $"{path}/{WordWeights.FileName}", Modules) };
                        break;
                    case "Pooling":
                        (options, width) = ReadPooling(files, path + "/config.json", options, ofLayers: layers is not null);
                        break;
                    case "Normalize":
                        options = options with { Normalize = true };
                        break;
                    default:
                        transformer = path;
                        break;
                }
            }
        }
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
        if (files.ReadText(Prompts) is { } prompts)
            options = ReadPrompts(prompts, files.Describe(Prompts), options);
        return new Content(options, transformer, lowerCase, width, layers);
    }

    /// <summary>Writes the files, unless the options are the defaults and do not come from files.</summary>
    public static void Write(BertSentenceOptions options, BertConfig config, BertVocabulary vocabulary, Func<string, Stream> create)
    {
        bool ofLayers = options.Pooling == BertPooling.LastLayersMean;
        if (!ofLayers)
            // it is ignored, and not stored in the files
            options = options with { NumberOfLastLayers = new BertSentenceOptions().NumberOfLastLayers };
        if (options == new BertSentenceOptions())
            return;
        if (options.Pooling is BertPooling.None || (!ofLayers && options.Pooling.HasFlag(BertPooling.LastLayersMean)))
            throw new NotSupportedException(
                $"sentence-transformers has no pooling '{options.Pooling}', so the model's {nameof(BertModel.Sentence)} options cannot " +
                "be saved. Choose another pooling.");
        CheckWeighted(options, $"The model's {nameof(BertModel.Sentence)} options cannot be saved");
        string[] kinds = [.. new[] { "Transformer", ofLayers ? LayerModule : null, options.TokenWeights is null ? null : WeightsModule,
            "Pooling", options.Normalize ? "Normalize" : null }.OfType<string>()];
        string[] paths = [.. kinds.Select((kind, place) => place == 0 ? "" : $"{place}_{kind}")];
        WriteText(create, Modules, JsonFile.Format(kinds.Select((kind, place) => Module(place, paths[place], kind))));
        if (ofLayers)
        {
            WriteText(create, $"{paths[1]}/{WeightedLayerPooling.ConfigName}",
                WeightedLayerPooling.FormatConfig(config, options.NumberOfLastLayers));
            using Stream stream = create($"{paths[1]}/{WeightedLayerPooling.WeightsName}");
            WeightedLayerPooling.WriteWeights(stream, options.NumberOfLastLayers);
        }
        if (options.TokenWeights is { } weights)
            WriteText(create, $"{paths[Array.IndexOf(kinds, WeightsModule)]}/{WordWeights.FileName}",
                WordWeights.Format(weights, vocabulary));

        // The flags instead of the newer pooling_mode, because every version of sentence-transformers reads them.
        var pooling = new Dictionary<string, object?> { ["word_embedding_dimension"] = config.HiddenSize };
        BertPooling modes = ofLayers ? BertPooling.Mean : options.Pooling;
        foreach ((string flag, _, BertPooling mode) in PoolingModes)
            pooling[flag] = (modes & mode) != 0;
        pooling["include_prompt"] = options.IncludePrompt;
        WriteText(create, paths[^(options.Normalize ? 2 : 1)] + "/config.json", JsonFile.Format(pooling));
        // git and model hubs do not store empty folders.
        if (options.Normalize)
            WriteText(create, paths[^1] + "/config.json", "{}");
        WriteText(create, Transformers[0],
            JsonFile.Format(new Dictionary<string, object?> { ["max_seq_length"] = options.MaxSequenceLength, ["do_lower_case"] = false }));
        WriteText(create, Prompts, JsonFile.Merge(options.Source, new Dictionary<string, object?>
        {
            ["prompts"] = options.Prompts,
            ["default_prompt_name"] = options.DefaultPromptName,
        }));
    }

    private static List<(string Kind, string Path)> Chain(string json, string file)
    {
        JsonElement list = JsonFile.Parse(json, file);
        if (list.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"'{file}' does not contain a list of modules. Copy or download the file again.");
        var chain = new List<(string Kind, string Path)>();
        foreach (JsonElement module in list.EnumerateArray())
        {
            JsonFields fields = JsonFields.Of(module, file);
            string type = fields.Text("type")
                ?? throw new InvalidDataException($"'{file}' has a module without a 'type'. Copy or download the file again.");
            string kind = type[(type.LastIndexOf('.') + 1)..];
            // Dropout has no effect after training.
            if (kind == "Dropout")
                continue;
            string path = CheckpointPath.Check(fields.Text("path") ?? "", file);
            bool inPlace = kind switch
            {
                "Transformer" => chain.Count == 0,
                LayerModule => chain.Count == 1,
                WeightsModule => chain is [_] or [_, (LayerModule, _)],
                "Pooling" => chain is [_] or [.., (LayerModule or WeightsModule, _)],
                "Normalize" => chain is [.., ("Pooling", _)],
                // Earlier names of the module.
                _ => chain.Count == 0 && ModelFamilies.All.Any(family => family.ModelType.Equals(kind, StringComparison.OrdinalIgnoreCase)),
            };
            if (!inPlace)
                throw new NotSupportedException(
                    $"The module '{type}' at position {chain.Count} of '{file}' is not supported. Supported are a Transformer, " +
                    "optionally WeightedLayerPooling and WordWeights, a Pooling and a Normalize, in this order. Use another checkpoint.");
            chain.Add((kind, path));
        }
        return chain.Count > 0 ? chain : throw new InvalidDataException($"'{file}' names no modules. Copy or download the file again.");
    }

    private static (BertSentenceOptions Options, int? Width) ReadPooling(
        FileSource files, string path, BertSentenceOptions options, bool ofLayers)
    {
        string file = files.Describe(path);
        JsonFields fields = JsonFields.Parse(
            files.ReadText(path) ?? throw new FileNotFoundException(
                $"'{files.Describe(Modules)}' refers to '{path}', which is not in the folder. Copy or download the whole checkpoint.",
                file), file);
        string[] names = fields.Find("pooling_mode") switch
        {
            null => [.. PoolingModes.Where(mode => fields.Flag(mode.Flag) == true).Select(mode => mode.Name)],
            { ValueKind: JsonValueKind.Array } => [.. fields.Texts("pooling_mode")],
            _ => [fields.Text("pooling_mode")!],
        };
        BertPooling pooling = names.Length == 0 ? BertPooling.Mean : BertPooling.None;
        foreach (string name in names)
        {
            BertPooling mode = Array.Find(PoolingModes, known => known.Name == name).Pooling;
            // Higher flags are later in a concatenation, so a list in another order cannot be represented.
            if (mode == BertPooling.None || mode <= pooling)
                throw new NotSupportedException(
                    $"The pooling '{string.Join(", ", names)}' in '{file}' is not supported: only cls, max, mean and " +
                    "mean_sqrt_len_tokens are, in this order. Use another checkpoint.");
            pooling |= mode;
        }
        if (ofLayers)
        {
            pooling = pooling == BertPooling.Mean ? BertPooling.LastLayersMean : throw new NotSupportedException(
                $"The pooling '{string.Join(", ", names)}' in '{file}' is not supported after {LayerModule}: only mean is. Use another " +
                "checkpoint.");
        }
        options = options with { Pooling = pooling, IncludePrompt = fields.Flag("include_prompt") ?? true };
        CheckWeighted(options, $"'{file}' is not supported");
        return (options, fields.Whole("word_embedding_dimension", 1, "embedding_dimension"));
    }

    /// <summary>
    /// Rejects weights for poolings other than means, which sentence-transformers would weight but this library does not.
    /// </summary>
    private static void CheckWeighted(BertSentenceOptions options, string what)
    {
        if (options.TokenWeights is not null && (options.Pooling & (BertPooling.Cls | BertPooling.Max)) != 0)
            throw new NotSupportedException(
                $"{what}: token weights (WordWeights) require the pooling {BertPooling.Mean}, {BertPooling.MeanSqrtLength} or " +
                $"{BertPooling.LastLayersMean}, not {options.Pooling}. Choose another pooling.");
    }

    private static BertSentenceOptions ReadPrompts(string json, string file, BertSentenceOptions options)
    {
        JsonFields fields = JsonFields.Parse(json, file);
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty prompt in fields.Members("prompts") ?? [])
        {
            if (prompt.Value.ValueKind != JsonValueKind.String)
                throw fields.Wrong($"prompts.{prompt.Name}", prompt.Value, "a string");
            prompts[prompt.Name] = prompt.Value.GetString()!;
        }
        string? defaultName = fields.Text("default_prompt_name");
        if (defaultName is not null && !prompts.ContainsKey(defaultName))
            throw new InvalidDataException(
                $"'default_prompt_name' in '{file}' is '{defaultName}', which is not one of its prompts. Correct the file.");
        return options with { Source = json, Prompts = prompts, DefaultPromptName = defaultName };
    }

    private static Dictionary<string, object?> Module(int place, string path, string kind) => new()
    {
        ["idx"] = place,
        ["name"] = place.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["path"] = path,
        ["type"] = "sentence_transformers.models." + kind,
    };

    private static void WriteText(Func<string, Stream> create, string path, string text)
    {
        using var writer = new StreamWriter(create(path));
        writer.Write(text);
    }
}
