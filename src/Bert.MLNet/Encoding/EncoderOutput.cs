using System.Globalization;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>One output of an encoder.</summary>
/// <param name="Kind">The kind of output.</param>
/// <param name="Layer">The layer of <see cref="EncoderOutputKind.HiddenStates"/> or <see cref="EncoderOutputKind.Attentions"/>, the number
/// of layers of <see cref="EncoderOutputKind.LastLayersMean"/>, the number of values of <see cref="EncoderOutputKind.SentenceEmbedding"/>,
/// otherwise 0.</param>
internal readonly record struct EncoderOutput(EncoderOutputKind Kind, int Layer = 0)
{
    public static EncoderOutput LastHiddenState => new(EncoderOutputKind.LastHiddenState);

    public static EncoderOutput PoolerOutput => new(EncoderOutputKind.PoolerOutput);

    public static EncoderOutput HiddenStates(int layer) => new(EncoderOutputKind.HiddenStates, layer);

    public static EncoderOutput LastLayersMean(int layers) => new(EncoderOutputKind.LastLayersMean, layers);

    public static EncoderOutput Attentions(int layer) => new(EncoderOutputKind.Attentions, layer);

    public static EncoderOutput SequenceLogits => new(EncoderOutputKind.SequenceLogits);

    public static EncoderOutput TokenLogits => new(EncoderOutputKind.TokenLogits);

    public static EncoderOutput StartLogits => new(EncoderOutputKind.StartLogits);

    public static EncoderOutput EndLogits => new(EncoderOutputKind.EndLogits);

    public static EncoderOutput MaskedWordLogits => new(EncoderOutputKind.MaskedWordLogits);

    public static EncoderOutput NextSentenceLogits => new(EncoderOutputKind.NextSentenceLogits);

    public static EncoderOutput WordLogits => new(EncoderOutputKind.WordLogits);

    public static EncoderOutput ReplacedTokenLogits => new(EncoderOutputKind.ReplacedTokenLogits);

    public static EncoderOutput FirstHiddenState => new(EncoderOutputKind.FirstHiddenState);

    public static EncoderOutput SentenceEmbedding(int size) => new(EncoderOutputKind.SentenceEmbedding, size);

    /// <summary>Gets the <c>logits</c> of a checkpoint's head, as HuggingFace's model classes name them.</summary>
    /// <exception cref="NotSupportedException">The checkpoint has no head with logits.</exception>
    public static EncoderOutput Logits(BertModel model)
    {
        foreach (EncoderOutput output in (EncoderOutput[])[SequenceLogits, TokenLogits, ReplacedTokenLogits, WordLogits])
        {
            if (EncoderSession.CanCompute(model, output))
                return output;
        }
        throw new NotSupportedException(
            $"'{model.Name}' has no logits, because it has no head for sequences, tokens or masked words. Use its hidden states.");
    }

    /// <summary>Whether it only depends on the last hidden state of each row's first token.</summary>
    public bool ReadsFirstToken => Description.ReadsFirstToken;

    /// <summary>The head that computes it; null for what the encoder itself computes.</summary>
    public HeadKind? Head => Description.Head;

    /// <summary>The name that HuggingFace's exports use, if they have it.</summary>
    public string Name => Description.Layers
        ? string.Create(CultureInfo.InvariantCulture, $"{Description.Name}.{Layer}")
        : Description.Name;

    private EncoderOutputDescription Description => EncoderOutputDescription.Of(Kind);

    /// <summary>Gets its dimensions.</summary>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="rows">The number of rows in the batch.</param>
    /// <param name="length">The number of tokens per row.</param>
    /// <param name="positions">The number of requested positions in the batch.</param>
    public long[] Shape(BertConfig config, int rows, int length, int positions) => Kind == EncoderOutputKind.SentenceEmbedding
        ? [rows, Layer]
        : Description.Shape(config, rows, length, positions);

    /// <summary>
    /// Checks that a checkpoint with weights can compute this output. Of a checkpoint with a graph, only its class is checked: names such
    /// as <c>logits</c> do not say which head they belong to. The graph is checked when it is opened.
    /// </summary>
    /// <exception cref="NotSupportedException">It cannot; the message says what is available instead.</exception>
    public void Check(BertModel model)
    {
        string? reason = model.Weights is not null ? MissingReason(model, model.Weights)
            : Head is { } head ? HeadLookup.OtherClassReason(head, model.Config)
            : null;
        if (reason is not null)
            throw new NotSupportedException($"'{model.Name}' {reason}");
    }

    /// <summary>Gets the reason why a checkpoint cannot compute this output, or null if it can.</summary>
    public string? MissingReason(BertModel model, BertWeights weights)
    {
        int layers = model.Config.NumHiddenLayers;
        if (Head is { } head)
            return HeadLookup.MissingReason(head, model.Config, weights);
        return Kind switch
        {
            EncoderOutputKind.PoolerOutput when !weights.Contains("pooler.dense.weight") =>
                $"has no pooler (tensor pooler.dense.weight), so it has no {Name}. Pool its last_hidden_state instead.",
            EncoderOutputKind.HiddenStates when Layer < 0 || Layer > layers =>
                $"has the hidden states 0 (its embeddings) to {layers} (its last layer), not {Layer}.",
            EncoderOutputKind.LastLayersMean when Layer < 1 || Layer > layers + 1 =>
                $"has {layers} layers, so the mean of the last {Layer} does not exist. Request 1 to {layers + 1}; the last is the " +
                "embeddings' output.",
            EncoderOutputKind.SentenceEmbedding =>
                $"has weights and no graph of its own, so it has no {Name}. Pool its last_hidden_state instead.",
            EncoderOutputKind.Attentions when Layer < 0 || Layer >= model.Config.Attentions =>
                $"has attention in the layers 0 to {model.Config.Attentions - 1}, not {Layer}.",
            _ => null,
        };
    }
}
