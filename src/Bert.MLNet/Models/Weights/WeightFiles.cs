using System.Text.Json;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>Finds and reads the weights of a checkpoint: safetensors in one file or in shards, or an ONNX graph.</summary>
internal static class WeightFiles
{
    public const string Single = "model.safetensors";
    public const string Index = "model.safetensors.index.json";

    /// <summary>The path of an exported graph, and of one in int8, as in Optimum and transformers.js.</summary>
    public const string Graph = "onnx/model.onnx", QuantizedGraph = "onnx/model_quantized.onnx";

    /// <summary>The possible paths of an exported graph, as in sentence-transformers and Optimum, float32 first.</summary>
    public static readonly string[] Graphs = [Graph, "model.onnx", QuantizedGraph, "model_quantized.onnx"];

    // The names for the file with a graph's weights in Optimum and PyTorch. The graph contains the name, but only after it is downloaded.
    private static readonly string[] GraphData = ["_data", ".data"];

    private static readonly string[] ShardPatterns = ["model-*-of-*.safetensors", "pytorch_model-*-of-*.bin"];

    // With the arguments that transformers needs to read them.
    private static readonly (string File, string Argument)[] Unreadable =
        [("pytorch_model.bin", ""), ("pytorch_model.bin.index.json", ""), ("tf_model.h5", ", from_tf=True"),
            ("flax_model.msgpack", ", from_flax=True")];

    /// <summary>Finds the files with the weights: a safetensors file, its shards, or a graph and its separate weights.</summary>
    /// <exception cref="FileNotFoundException">There are neither weights nor a graph, or a shard is missing.</exception>
    /// <exception cref="NotSupportedException">The weights are only available in an unsupported format.</exception>
    public static IReadOnlyList<string> Choose(FileSource files, BertConfig config)
    {
        if (files.Contains("adapter_config.json"))
            throw new NotSupportedException(
                $"'{files.Describe("adapter_config.json")}' says that this is an adapter, which is not supported. Merge it into its " +
                "model in Python: model.merge_and_unload().save_pretrained(FOLDER).");
        if (files.Contains(Single))
            return [Single];
        if (files.ReadText(Index, BoundedText.Vocabulary) is { } index)
            return [.. ReadIndex(files, index).Values.Distinct()];
        if (Array.Find(Graphs, files.Contains) is { } graph)
            return [graph, .. GraphData.Select(suffix => graph + suffix).Where(files.Contains)];
        foreach ((string other, string argument) in Unreadable.Where(form => files.Contains(form.File)))
        {
            string type = config.Architectures is [string first, ..] ? first : "AutoModel";
            throw new NotSupportedException(
                $"The weights in '{files.Describe(other)}' are not read, because opening a pickle runs the code in it. Only safetensors " +
                "files are supported. " +
                "Convert them once in Python: import transformers; " +
                $"transformers.{type}.from_pretrained(FOLDER{argument}).save_pretrained(FOLDER).");
        }
        throw new FileNotFoundException(
            $"'{files.Describe("")}' has no weights: neither {Single}, nor {Index}, nor {string.Join(", nor ", Graphs)}. Copy or " +
            "download the whole checkpoint.", files.Describe(Single));
    }

    /// <summary>Whether a checkpoint has a graph and no weights.</summary>
    public static bool HaveOnlyGraph(FileSource files) =>
        !files.Contains(Single) && !files.Contains(Index) && Graphs.Any(files.Contains);

    /// <summary>Reads the weights, or returns null if there is only a graph.</summary>
    /// <param name="files">The files.</param>
    /// <param name="config">The checkpoint's config.</param>
    /// <param name="quantization">The quantization of each weight when it has been read, or null for none.</param>
    /// <inheritdoc cref="Choose" path="/exception"/>
    /// <inheritdoc cref="WeightQuantizer.ToFile" path="/exception"/>
    public static BertWeights? Read(FileSource files, BertConfig config, BertQuantizationOptions? quantization = null)
    {
        IReadOnlyList<string> chosen = Choose(files, config);
        if (chosen is [var graph, ..] && Graphs.Contains(graph))
            return null;
        string file = files.Describe(chosen is [Single] ? Single : Index);
        WeightQuantizer? quantizer = quantization is null ? null : new WeightQuantizer(config, quantization, file);
        Safetensors.Conversion conversion = quantizer is null ? Arranger(file, config.Family) : quantizer.Over;
        bool goWhenPacked = InferenceOnly.IsOn;
        Safetensors.Neighbours? neighbours = goWhenPacked && quantizer is null ? OfLayers(file, config.Family) : null;
        Safetensors content = chosen is [Single]
            ? ReadFile(files, Single, config, conversion, neighbours)
            : ReadShards(files, files.ReadText(Index, BoundedText.Vocabulary)!, config, conversion, neighbours);
        return BertWeights.FromFile(quantizer?.ToFile(content) ?? content, file, config.Family, goWhenPacked);
    }

    /// <summary>The weight files in a folder in any format, including those that only other programs read.</summary>
    public static IEnumerable<string> All(string folder)
    {
        IEnumerable<string> data = Graphs.SelectMany(graph => GraphData.Select(suffix => graph + suffix));
        IEnumerable<string> shards =
            ShardPatterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Select(file => Path.GetFileName(file));
        return [Single, Index, .. Graphs, .. data, .. Unreadable.Select(form => form.File), .. shards,
            .. NamedShards(new FolderSource(folder))];
    }

    private static IEnumerable<string> NamedShards(FolderSource files)
    {
        try
        {
            return files.ReadText(Index) is { } index ? ReadIndex(files, index).Values.Distinct() : [];
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Whether a graph computes with integers, by its nodes.</summary>
    public static bool IsQuantized(ReadOnlySpan<byte> graph) =>
        graph.IndexOf("QuantizeLinear"u8) >= 0 || graph.IndexOf("DynamicQuantizeMatMul"u8) >= 0;

    /// <summary>Finds the path of the graph.</summary>
    public static string GraphOf(FileSource files) => Graphs.First(files.Contains);

    /// <summary>Reads the bytes of the graph, including separate weights.</summary>
    /// <inheritdoc cref="OnnxExternalData.Inline" path="/exception"/>
    public static byte[] ReadGraph(FileSource files)
    {
        string path = GraphOf(files);
        string file = files.Describe(path);
        long length = files.Length(path);
        if (length is 0 or > int.MaxValue - 64)
            throw new InvalidDataException($"'{file}' has {length} bytes; an ONNX graph has between 1 byte and 2 GB. Export it again.");
        byte[] graph = GC.AllocateUninitializedArray<byte>((int)length);
        using Stream stream = files.Open(path);
        stream.ReadExactly(graph);
        OnnxParts.Check(graph, file);
        return OnnxExternalData.Inline(graph, files, path);
    }

    private static Safetensors.Conversion Arranger(string file, ModelFamily family) => names =>
    {
        string encoder = CanonicalNames.EncoderPrefix(names, file, family);
        return tensor => [QuantizedWeights.Arrange(tensor, CanonicalNames.Of(tensor.Name, encoder, family))];
    };

    private static Safetensors.Neighbours OfLayers(string file, ModelFamily family) => names =>
    {
        string encoder = CanonicalNames.EncoderPrefix(names, file, family);
        return name => QuantizedWeights.IsOfLayer(CanonicalNames.Of(name, encoder, family));
    };

    /// <param name="files">The files.</param>
    /// <param name="path">The file to read.</param>
    /// <param name="config">The checkpoint's config.</param>
    /// <param name="conversion">Converts each tensor.</param>
    /// <param name="neighbours">Selects the tensors that share a block of memory; null for none.</param>
    /// <param name="names">The names of all tensors of the checkpoint if the file is a shard; otherwise null.</param>
    private static Safetensors ReadFile(
        FileSource files, string path, BertConfig config, Safetensors.Conversion conversion, Safetensors.Neighbours? neighbours,
        IEnumerable<string>? names = null)
    {
        using Stream stream = files.Open(path);
        string file = files.Describe(path);
        return Safetensors.Read(
            stream, files.Length(path), file,
            inFile => FiniteWeights.Checked(config, file, conversion)(names ?? inFile),
            neighbours is null ? null : inFile => neighbours(names ?? inFile));
    }

    private static Dictionary<string, string> ReadIndex(FileSource files, string index)
    {
        string file = files.Describe(Index);
        IEnumerable<JsonProperty> map = JsonFields.Parse(index, file).Members("weight_map")
            ?? throw new InvalidDataException($"'{file}' has no 'weight_map', so it names no shards. Copy or download the file again.");
        var shardOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty entry in map)
        {
            shardOf[entry.Name] = entry.Value.ValueKind == JsonValueKind.String
                ? CheckpointPath.Check(entry.Value.GetString()!, file)
                : throw new InvalidDataException(
                    $"'weight_map' in '{file}' names no shard for '{entry.Name}'. Copy or download the file again.");
        }
        foreach (string shard in shardOf.Values.Distinct())
        {
            if (!files.Contains(shard))
                throw new FileNotFoundException(
                    $"'{file}' names the shard '{shard}', which is not in the folder. Copy or download the whole checkpoint.",
                    files.Describe(shard));
        }
        return shardOf;
    }

    private static Safetensors ReadShards(
        FileSource files, string index, BertConfig config, Safetensors.Conversion conversion, Safetensors.Neighbours? neighbours)
    {
        string file = files.Describe(Index);
        Dictionary<string, string> shardOf = ReadIndex(files, index);
        var shards = new SortedDictionary<string, Safetensors>(StringComparer.Ordinal);
        foreach (string shard in shardOf.Values.Distinct())
            shards[shard] = ReadFile(files, shard, config, conversion, neighbours, shardOf.Keys);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string shard, Safetensors content) in shards)
        {
            foreach (BertTensor tensor in content.Tensors)
            {
                if (!found.TryAdd(tensor.Name, shard))
                    throw new InvalidDataException(
                        $"The shards '{found[tensor.Name]}' and '{shard}' of '{file}' both have the tensor '{tensor.Name}'. Copy or " +
                        "download the whole checkpoint.");
            }
        }
        foreach ((string name, string shard) in shardOf)
        {
            if (found.GetValueOrDefault(name) != shard)
                throw new InvalidDataException(
                    $"'{files.Describe(shard)}' has no tensor '{name}', which '{file}' lists for it. Copy or download the whole " +
                    "checkpoint.");
        }
        return new Safetensors([.. shards.Values.SelectMany(content => content.Tensors)],
            shards.Values.FirstOrDefault()?.Metadata ?? Safetensors.DefaultMetadata);
    }
}
