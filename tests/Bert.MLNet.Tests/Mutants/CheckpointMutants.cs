using System.Text;
using System.Text.Json;
using Bert.MLNet.Hub;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tests.Models;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>The files of checkpoints: each kind of file that <see cref="BertModel.FromPretrained"/> opens.</summary>
internal static class CheckpointMutants
{
    private const string Weights = "model.safetensors", Graph = "model.onnx";

    private static readonly TinyCheckpoint Tiny = new() { HiddenSize = 8, IntermediateSize = 16, Layers = 1, Heads = 2, MaxPositions = 32 };

    public static IEnumerable<MutantKind> All()
    {
        Dictionary<string, byte[]> plain = Write(Tiny with { Architecture = "BertForSequenceClassification" });
        plain["added_tokens.json"] = Encoding.UTF8.GetBytes($$"""{"good film": {{TinyCheckpoint.Vocabulary.Count}} }""");
        plain["config.json"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(plain["config.json"]).Replace(
            $"\"vocab_size\":{TinyCheckpoint.Vocabulary.Count}", $"\"vocab_size\":{TinyCheckpoint.Vocabulary.Count + 1}",
            StringComparison.Ordinal));
        plain[Weights] = Weight(Tiny with { Architecture = "BertForSequenceClassification", VocabSize = TinyCheckpoint.Vocabulary.Count +
            1 });
        foreach (string file in (
            string[])["config.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", Weights])
            yield return Kind("bert", plain, file);
        foreach (string family in EveryFamily.All)
        {
            Dictionary<string, byte[]> files = Write(EveryFamily.Checkpoint(family, HeadKind.SequenceClassification) with
            {
                HiddenSize = 8, IntermediateSize = 16, Layers = 1, Heads = 2, MaxPositions = 32,
            });
            yield return Kind(family, files, "config.json");
            yield return Kind(family, files, Weights);
        }

        Dictionary<string, byte[]> json = Write(Tiny);
        json.Remove("vocab.txt");
        json["tokenizer.json"] = TokenizerJson();
        yield return Kind("tokenizer.json", json, "tokenizer.json");
        yield return Kind("tokenizer.json", json, "tokenizer_config.json");

        Dictionary<string, byte[]> shards = Write(Tiny);
        BertTensor[] tensors = [.. Tiny.Tensors()];
        shards.Remove(Weights);
        shards["model-1.safetensors"] = Bytes(tensors[..9]);
        shards["model-2.safetensors"] = Bytes(tensors[9..]);
        shards["model.safetensors.index.json"] = JsonSerializer.SerializeToUtf8Bytes(new
        {
            weight_map = tensors.Select((tensor, i) => (tensor.Name, Shard: i < 9 ? "model-1.safetensors" : "model-2.safetensors"))
                .ToDictionary(entry => entry.Name, entry => entry.Shard),
        });
        yield return Kind("shards", shards, "model.safetensors.index.json");
        yield return Kind("shards", shards, "model-2.safetensors");

        BertModel model = Tiny.Load();
        float[] tokenWeights = [.. Enumerable.Range(0, TinyCheckpoint.Vocabulary.Count).Select(id => id / 10f)];
        Dictionary<string, byte[]> sentence = Save(new BertModel(model.Config, model.Tokenizer, model.Weights, new BertSentenceOptions
        {
            Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 2, TokenWeights = tokenWeights, Normalize = true,
            MaxSequenceLength = 16,
            Prompts = new Dictionary<string, string> { ["query"] = "good " }, DefaultPromptName = "query",
        }));
        foreach (string file in sentence.Keys.Where(path => path.Contains('/', StringComparison.Ordinal)
            || path.Contains("sentence", StringComparison.Ordinal)
            || path == "modules.json"))
            yield return Kind("sentence", sentence, file);
        Dictionary<string, byte[]> table = Save(model.ToStatic(new() { Dimension = 4, Precision = BertStaticPrecision.Int8 }));
        foreach (string file in new[] { "config.json", Weights, "tokenizer.json", "modules.json" })
            yield return Kind("static", table, file);
        Dictionary<string, byte[]> modules = Save(model.WithSentence(SentenceModules.Options(model.Config.HiddenSize)));
        foreach (string file in modules.Keys.Where(path => path.Contains('/', StringComparison.Ordinal)))
            yield return Kind("modules", modules, file);

        Dictionary<string, byte[]> decoder =
            Save(Tiny.Load().WithDecoder(new BertDecoderOptions { HiddenSize = 4, NumAttentionHeads = 1 }));
        foreach (string file in new[] { "config.json", "generation_config.json", Weights })
            yield return Kind("decoder", decoder, file);

        Dictionary<string, byte[]> quantized = Save((Tiny with { Architecture = "BertForMaskedLM" }).Load().Quantize());
        yield return Kind("int8", quantized, "config.json");
        yield return Kind("int8", quantized, Weights);

        Dictionary<string, byte[]> graph = Save(model);
        graph.Remove(Weights);
        using (var folder = new TemporaryFolder())
        {
            model.SaveOnnx(folder["graph"]);
            graph[Graph] = File.ReadAllBytes(folder["graph"]);
        }
        yield return Kind("graph", graph, Graph);
        yield return Kind("graph", graph, "config.json");
        using (var folder = new TemporaryFolder())
            graph[Graph] = ReadFolder(new TorchExport { HasCopies = true }.Write(Tiny, folder.Path))[Graph];
        MemorySource WithGraph(byte[] bytes) => new(new Dictionary<string, byte[]>(graph) { [Graph] = bytes });
        yield return new MutantKind(
            "weights of a graph", graph[Graph], IsText: false,
            bytes => BertModel.ReadFrom(WithGraph(bytes), "mutant").WithWeights(), [.. graph.Keys, "mutant"]);
        Dictionary<string, byte[]> external = new(graph)
        {
            [Graph] = ExternalGraph.Write(
                "model.onnx_data", 0, 4L * 8 * TinyCheckpoint.Vocabulary.Count, TinyCheckpoint.Vocabulary.Count, 8),
            ["model.onnx_data"] = new byte[4 * 8 * TinyCheckpoint.Vocabulary.Count],
        };
        yield return Kind("external", external, Graph);
        yield return Kind("external", external, "model.onnx_data");

        byte[] answer = Encoding.UTF8.GetBytes($$$"""{"sha":"{{{new string('a', 40)}}}","siblings":[{"rfilename":"config.json","size":3,"blobId":"{{{new string('b', 40)}}}"},{"rfilename":"model.safetensors","size":9,"blobId":"{{{new string('d', 40)}}}","lfs":{"size":9,"sha256":"{{{new string('c', 64)}}}"}}]}""");
        yield return new MutantKind(
            "hub answer", answer, IsText: true,
            bytes => _ = HubListing.FromAnswer(Encoding.UTF8.GetString(bytes), "https://hub/answer").ToTree(), "https://hub/answer");
        byte[] tree = Encoding.UTF8.GetBytes(HubListing.FromAnswer(Encoding.UTF8.GetString(answer), "").ToTree()!);
        yield return new MutantKind(
            "hub tree", tree, IsText: true,
            bytes => _ = HubListing.FromTree(new string('a', 40), Encoding.UTF8.GetString(bytes), "tree.json")?.ToTree(), "tree.json");
    }

    /// <summary>Every file of a checkpoint, by its path.</summary>
    public static Dictionary<string, byte[]> Save(BertModel model)
    {
        using var folder = new TemporaryFolder();
        model.SavePretrained(folder.Path);
        return ReadFolder(folder.Path);
    }

    private static MutantKind Kind(string name, Dictionary<string, byte[]> files, string path) => new(
        $"{name}/{path}", files[path],
        !path.EndsWith("safetensors", StringComparison.Ordinal) && !path.Contains("onnx", StringComparison.Ordinal),
        mutant => Use(new MemorySource(new Dictionary<string, byte[]>(files) { [path] = mutant })),
        [.. files.Keys]);

    private static void Use(MemorySource files)
    {
        BertModel model = BertModel.ReadFrom(files, "mutant");
        using BertEmbeddingTransformer embedder = BertEmbeddingTransformer.Create(model);
        if (embedder.Embed(["the good film is bad, zzz", null]).Any(row => row.Vector.Length != embedder.Embed([""])[0].Vector.Length))
            throw new InvalidOperationException("Vectors of one model have several lengths.");
    }

    /// <summary>Every file of a small checkpoint, by its path.</summary>
    public static Dictionary<string, byte[]> Write(TinyCheckpoint checkpoint)
    {
        using var folder = new TemporaryFolder();
        return ReadFolder(checkpoint.Write(folder.Path));
    }

    private static Dictionary<string, byte[]> ReadFolder(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes);

    private static byte[] Weight(TinyCheckpoint checkpoint) => Bytes([.. checkpoint.Tensors()]);

    /// <summary>Tensors as a file of safetensors.</summary>
    public static byte[] Bytes(IReadOnlyList<BertTensor> tensors)
    {
        var stream = new MemoryStream();
        new Safetensors(tensors, Safetensors.DefaultMetadata).Write(stream);
        return stream.ToArray();
    }

    private static byte[] TokenizerJson() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        version = "1.0",
        added_tokens = TinyCheckpoint.Vocabulary.Take(5)
            .Select((token, id) => new { id, content = token, single_word = false, lstrip = false, rstrip = false, normalized = false,
            special = true }),
        normalizer =
            new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = true },
        pre_tokenizer = new { type = "BertPreTokenizer" },
        post_processor = new { type = "BertProcessing", sep = new object[] { "[SEP]", 3 }, cls = new object[] { "[CLS]", 2 } },
        decoder = new { type = "WordPiece", prefix = "##", cleanup = true },
        model = new
        {
            type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##", max_input_chars_per_word = 100,
            vocab = TinyCheckpoint.Vocabulary.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id),
        },
    });
}
