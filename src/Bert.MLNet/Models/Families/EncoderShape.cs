namespace Bert.MLNet.Models.Families;

/// <summary>The parts of an encoder's arithmetic that depend on the family; sizes are in <see cref="BertConfig"/>.</summary>
internal sealed record EncoderShape
{
    /// <summary>
    /// How tokens are numbered for the position embeddings. Null: from 0. Otherwise the id of the padding token: padding has the position
    /// of that number, and the other tokens of a text are numbered from the next one.
    /// </summary>
    public int? PaddingPosition { get; init; }

    /// <summary>Whether a linear layer projects the embeddings to the width of the hidden states.</summary>
    public bool ProjectsEmbeddings { get; init; }

    /// <summary>Whether all layers use the weights of the first.</summary>
    public bool SharesLayers { get; init; }

    /// <summary>Whether position embeddings are added to those of tokens. Default: true.</summary>
    public bool HasPositionEmbeddings { get; init; } = true;

    /// <summary>How queries and keys are turned by their positions; null for not at all.</summary>
    public RotaryPositions? Rotary { get; init; }

    /// <summary>How attention takes the distance of tokens together with their content; null for not at all.</summary>
    public DisentangledAttention? Disentangled { get; init; }

    /// <summary>Which layers see only near tokens; null for none.</summary>
    public LocalAttention? LocalAttention { get; init; }

    /// <summary>
    /// Whether the two parts of a layer normalize what they read, and not what they give. The first layer's attention then reads the
    /// embeddings, which are normalized already. Default: false.
    /// </summary>
    public bool NormalizesFirst { get; init; }

    /// <summary>The canonical name of a LayerNorm behind the last layer; null for none.</summary>
    public string? FinalNorm { get; init; }

    /// <summary>
    /// Whether the activations of the feed-forward network are multiplied with a second linear function of its input. Default: false.
    /// </summary>
    public bool HasGate { get; init; }

    /// <summary>Whether the linear functions of attention add a bias. Default: true.</summary>
    public bool AttentionHasBias { get; init; } = true;

    /// <summary>Whether the linear functions of the feed-forward network add a bias. Default: true.</summary>
    public bool FeedForwardHasBias { get; init; } = true;

    /// <summary>Whether each LayerNorm of the encoder adds a bias. Default: true.</summary>
    public bool NormHasBias { get; init; } = true;

    /// <summary>Dropout behind the attention of a layer in training; null (the default) for the config's for hidden states.</summary>
    public double? AttentionOutputDropout { get; init; }

    /// <summary>Dropout behind the feed-forward network in training; null (the default) for the config's for hidden states.</summary>
    public double? FeedForwardOutputDropout { get; init; }

    /// <summary>Dropout inside the feed-forward network in training, before its second linear function. Default: 0.</summary>
    public double FeedForwardDropout { get; init; }

    /// <summary>The bias that is added to attention scores for the distance of two tokens, or null.</summary>
    public RelativePositionBias? PositionBias { get; init; }

    /// <summary>The layer that computes <c>pooler_output</c> from the first token's hidden state, or null.</summary>
    public HeadLayer? Pooler { get; init; }

    /// <summary>The number of position embeddings that no token of a text uses.</summary>
    public int ReservedPositions => PaddingPosition + 1 ?? 0;

    /// <summary>Whether a layer has a LayerNorm for its attention.</summary>
    public bool HasAttentionNorm(int layer) => !NormalizesFirst || layer > 0;

    /// <summary>The base of the angles by which a layer turns queries and keys; null where it does not.</summary>
    public double? RotaryBase(int layer) => LocalAttention?.IsLocal(layer) == true ? Rotary?.LocalBase : Rotary?.Base;

    /// <summary>How many tokens to either side a layer's tokens see; null for all.</summary>
    public int? Window(int layer) => LocalAttention is { } local && local.IsLocal(layer) ? local.Window : null;
}
