namespace Bert.MLNet.Models.Families;

/// <summary>The parts of an encoder's arithmetic that depend on the family; sizes are in <see cref="BertConfig"/>.</summary>
internal sealed record EncoderShape
{
    /// <summary>
    /// How tokens are numbered for the position embeddings. Null: from 0. Otherwise the id of the padding token: padding has the position
    /// of that number, and the other tokens of a text are numbered from the next one.
    /// </summary>
    public int? PaddingPosition { get; init; }

    /// <summary>The bias that is added to attention scores for the distance of two tokens, or null.</summary>
    public RelativePositionBias? PositionBias { get; init; }

    /// <summary>The layer that computes <c>pooler_output</c> from the first token's hidden state, or null.</summary>
    public HeadLayer? Pooler { get; init; }

    /// <summary>The number of position embeddings that no token of a text uses.</summary>
    public int ReservedPositions => PaddingPosition + 1 ?? 0;
}
