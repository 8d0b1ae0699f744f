using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>
/// A checkpoint: config, weights and what its makers say about sentences. Immutable and thread-safe; it holds no session
/// and no open file, needs no disposal, and one instance serves any number of estimators.
/// </summary>
public sealed class BertModel
{
    internal BertModel(BertConfig config, BertWeights? weights, BertSentenceOptions? sentence = null, string name = "bert", ReadOnlyMemory<byte> onnxGraph = default)
    {
        Config = config;
        Weights = weights;
        Sentence = sentence ?? new BertSentenceOptions();
        Name = name;
        OnnxGraph = onnxGraph;
    }

    /// <summary>Shape and arithmetic.</summary>
    public BertConfig Config { get; }

    /// <summary>How a text becomes one vector.</summary>
    public BertSentenceOptions Sentence { get; }

    /// <summary>The name of the folder that it came from; messages use it.</summary>
    public string Name { get; }

    /// <summary>The longest row in tokens, special ones included: the smallest limit that the checkpoint's files give.</summary>
    public int MaxSequenceLength => Math.Min(Config.MaxPositionEmbeddings, Sentence.MaxSequenceLength ?? int.MaxValue);

    /// <summary>The weights; null for a checkpoint that only holds an ONNX graph.</summary>
    internal BertWeights? Weights { get; }

    /// <summary>The bytes of <c>model.onnx</c> where there are no weights; else empty.</summary>
    internal ReadOnlyMemory<byte> OnnxGraph { get; }

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="nameOrPath">A folder in HuggingFace's form.</param>
    public static BertModel FromPretrained(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        string weights = Path.Combine(nameOrPath, "model.safetensors");
        BertConfig config = BertConfig.FromFile(Path.Combine(nameOrPath, "config.json"));
        using FileStream stream = File.OpenRead(weights);
        return new BertModel(config, BertWeights.FromFile(Safetensors.Read(stream, stream.Length, weights), weights), name: Path.GetFileName(Path.TrimEndingDirectorySeparator(nameOrPath)));
    }
}
