using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Checkpoints whose vectors of texts are the logits of labels: the last module of sentence-transformers is a <c>Dense</c> without
/// activation function, with one output for each label. HuggingFace's classes for classification cannot express this.
/// </summary>
internal static class VectorClassifier
{
    /// <summary>
    /// Whether a checkpoint is one: it has such a module, a problem type, and the architecture of an encoder without a head.
    /// </summary>
    public static bool Is(BertModel model) => model.Config.ProblemType is not null
        && model.Config.Architectures is [string architecture] && architecture == model.Config.Family.EncoderClass
        && model.Sentence is { Normalize: false, TruncateDimension: null, Layers: [.., DenseLayer { Activation: null } last] }
        && last.Rows == model.Config.NumLabels;

    /// <summary>Creates the checkpoint from an encoder of vectors.</summary>
    /// <param name="encoder">The checkpoint of vectors, with the labels and the problem type in its config.</param>
    /// <param name="weights">The weights for vectors of length 1, [labels × values of a vector].</param>
    /// <param name="bias">The bias, [labels].</param>
    public static BertModel Create(BertModel encoder, float[] weights, float[] bias)
    {
        var dense = new DenseLayer("torch.nn.modules.linear.Identity",
            BertTensor.Create(DenseLayer.Weight, [bias.Length, weights.Length / bias.Length], weights),
            BertTensor.Create(DenseLayer.Bias, [bias.Length], bias));
        return encoder.WithSentence(encoder.Sentence with
        {
            Normalize = false,
            Layers = [.. encoder.Sentence.Layers, new NormalizeLayer(), dense],
        });
    }

    /// <summary>
    /// Returns the encoder of vectors of length 1, without the logits of its labels; other checkpoints are returned unchanged.
    /// </summary>
    public static BertModel WithoutHead(BertModel model) => Is(model) && model.Sentence.Layers is [.., NormalizeLayer, _]
        ? model.WithSentence(model.Sentence with { Layers = [.. model.Sentence.Layers.SkipLast(2)], Normalize = true })
        : model;

    /// <summary>Opens the computation of vectors of length 1, which the head reads.</summary>
    public static TextWork<VectorRow, TokenSequence<float[]>> OpenVectors(BertModel encoder) =>
        TextEmbedder.Open(new BertEmbeddingOptions { Model = encoder, Normalize = true }.Resolve());

    /// <summary>Opens the computation of logits.</summary>
    public static TextWork<VectorRow, TokenSequence<float[]>> Open(BertModel model, int maxLength) =>
        TextEmbedder.Open(new BertEmbeddingOptions { Model = model, MaxLength = maxLength }.Resolve());
}
