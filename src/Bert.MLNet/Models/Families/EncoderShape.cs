namespace Bert.MLNet.Models.Families;

/// <summary>The arithmetic of an encoder, as far as families differ in it; sizes are in <see cref="BertConfig"/>.</summary>
internal sealed record EncoderShape
{
    /// <summary>
    /// How tokens find their row of the position embeddings. Null: counted from 0. Else the id of the padding token: padding has the row of
    /// that number, and the other
    /// tokens of a text are counted from the one after it.
    /// </summary>
    public int? PaddingPosition { get; init; }

    /// <summary>What is added to attention scores for the distance of two tokens; null for nothing.</summary>
    public RelativePositionBias? PositionBias { get; init; }

    /// <summary>What makes <c>pooler_output</c> of the first token's hidden state; null for a family without it.</summary>
    public HeadLayer? Pooler { get; init; }

    /// <summary>Rows of the position embeddings that no token of a text gets.</summary>
    public int ReservedPositions => PaddingPosition + 1 ?? 0;
}
