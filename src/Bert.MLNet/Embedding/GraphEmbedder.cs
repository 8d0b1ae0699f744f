using Bert.MLNet.Encoders;
using Bert.MLNet.Pooling;

namespace Bert.MLNet.Embeddings;

/// <summary>Turns a text into the vector that the checkpoint's own ONNX graph computes for it. Thread-safe.</summary>
/// <param name="options">The resolved options.</param>
internal sealed class GraphEmbedder(BertEmbeddingOptions options)
    : TextStep<VectorRow, TokenSequence<float[]>>(options.Checkpoint, new(EncoderOutput.SentenceEmbedding(options.PooledSize)))
{
    private readonly PromptedTexts _texts = new(options.Prompt!, (text, sequence) => TextEmbedder.Encode(options, text, sequence));
    private readonly VectorChain _chain = new(options.Layers, options.PooledSize, options.Normalize!.Value);
    private readonly int _dimension = options.Dimension;

    protected override void Tokenize(VectorRow row, bool hasPair) => _texts.Tokenize(row, hasPair);

    protected override void Keep(TokenSequence<float[]> sequence, SequenceOutputs outputs) =>
        _chain.Apply(outputs[0], sequence.Kept ??= new float[_dimension]);
}
