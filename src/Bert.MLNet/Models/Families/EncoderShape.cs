namespace Bert.MLNet.Models.Families;

/// <summary>The parts of an encoder's arithmetic that depend on the family; sizes are in <see cref="BertConfig"/>.</summary>
internal sealed record EncoderShape
{
    /// <summary>
    /// How tokens are numbered for the position embeddings. Null: from 0. Otherwise the id of the padding token: padding has the position
    /// of that number, and the other tokens of a text are numbered from the next one.
    /// </summary>
    public int? PaddingPosition { get; init; }

    /// <summary>
    /// Whether there is a table of static embeddings instead of an encoder: the vector of a text is the mean over its tokens.
    /// </summary>
    public bool IsTable { get; init; }

    /// <summary>Whether a linear layer projects the embeddings to the width of the hidden states.</summary>
    public bool ProjectsEmbeddings { get; init; }

    /// <summary>The number of groups of consecutive layers that share weights. Default: null, for no sharing.</summary>
    public int? LayerGroups { get; init; }

    /// <summary>The number of blocks, each with attention and a feed-forward network, that form a layer. Default: 1.</summary>
    public int BlocksPerLayer { get; init; } = 1;

    /// <summary>A convolution of the embeddings that is added to the first layer's output; null for none.</summary>
    public EmbeddingConvolution? Convolution { get; init; }

    /// <summary>The factor of the head width in the square root that divides attention scores. Default: 1.</summary>
    public int ScoreScale { get; init; } = 1;

    /// <summary>Whether position embeddings are added to those of tokens. Default: true.</summary>
    public bool HasPositionEmbeddings { get; init; } = true;

    /// <summary>How queries and keys are rotated by their positions; null if they are not.</summary>
    public RotaryPositions? Rotary { get; init; }

    /// <summary>How attention combines the distance of tokens with their content; null if it does not.</summary>
    public DisentangledAttention? Disentangled { get; init; }

    /// <summary>Which layers attend only to near tokens; null for none.</summary>
    public LocalAttention? LocalAttention { get; init; }

    /// <summary>
    /// Whether the two parts of a layer normalize their inputs instead of their outputs. The first layer's attention then reads the
    /// embeddings without a LayerNorm of its own, because they are already normalized. Default: false.
    /// </summary>
    public bool NormalizesFirst { get; init; }

    /// <summary>The canonical name of a LayerNorm after the last layer; null for none.</summary>
    public string? FinalNorm { get; init; }

    /// <summary>
    /// Whether the activations of the feed-forward network are multiplied by a second linear layer of its input. Default: false.
    /// </summary>
    public bool HasGate { get; init; }

    /// <summary>Whether the linear layers of attention add a bias. Default: true.</summary>
    public bool AttentionHasBias { get; init; } = true;

    /// <summary>Whether the linear layers of the feed-forward network add a bias. Default: true.</summary>
    public bool FeedForwardHasBias { get; init; } = true;

    /// <summary>Whether each LayerNorm of the encoder adds a bias. Default: true.</summary>
    public bool NormHasBias { get; init; } = true;

    /// <summary>Dropout after a layer's attention in training. Default: null, for the config's hidden dropout.</summary>
    public double? AttentionOutputDropout { get; init; }

    /// <summary>Dropout after the feed-forward network in training. Default: null, for the config's hidden dropout.</summary>
    public double? FeedForwardOutputDropout { get; init; }

    /// <summary>Dropout in the feed-forward network in training, before its second linear layer. Default: 0.</summary>
    public double FeedForwardDropout { get; init; }

    /// <summary>The bias that is added to attention scores for the distance of two tokens, or null.</summary>
    public RelativePositionBias? PositionBias { get; init; }

    /// <summary>The layer that computes <c>pooler_output</c> from the first token's hidden state, or null.</summary>
    public HeadLayer? Pooler { get; init; }

    /// <summary>The number of position embeddings that no token of a text uses.</summary>
    public int ReservedPositions => PaddingPosition + 1 ?? 0;

    /// <summary>Computes the position of each token of a row; see <see cref="PaddingPosition"/>.</summary>
    public void NumberTokens(ReadOnlySpan<long> ids, Span<long> positions)
    {
        long next = ReservedPositions;
        for (int i = 0; i < ids.Length; i++)
            positions[i] = ids[i] == PaddingPosition ? ids[i] : next++;
    }

    /// <summary>Returns the number of the layer whose weights a layer uses, among those with weights of their own.</summary>
    /// <param name="layer">The layer, counted from 0.</param>
    /// <param name="layers">The number of layers.</param>
    public int StoredLayer(int layer, int layers) => LayerGroups is { } groups ? (int)(layer / ((double)layers / groups)) : layer;

    /// <summary>Returns whether a layer has a LayerNorm for its attention.</summary>
    public bool HasAttentionNorm(int layer) => !NormalizesFirst || layer > 0;

    /// <summary>Returns the base of the angles by which a layer rotates queries and keys; null if it does not.</summary>
    public double? RotaryBase(int layer) => LocalAttention?.IsLocal(layer) == true ? Rotary?.LocalBase : Rotary?.Base;

    /// <summary>Returns how many tokens on either side a layer's tokens attend to; null for all.</summary>
    public int? Window(int layer) => LocalAttention is { } local && local.IsLocal(layer) ? local.Window : null;
}
