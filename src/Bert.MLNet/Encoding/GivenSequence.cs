namespace Bert.MLNet.Encoders;

/// <summary>
/// A row of tokens from another source, and copies of the outputs for them. It must pass <see cref="EncoderSession.Check"/>.
/// </summary>
internal class GivenSequence : ISequence
{
    /// <summary>A row is one sequence.</summary>
    public readonly GivenSequence[] Items;

    /// <summary>
    /// Sets the row. Arrays can be longer than the row. Without a mask, all tokens are attended to; without types, all belong to the first
    /// text.
    /// </summary>
    public long[] Ids = [], Mask = [], Types = [];

    /// <summary>The values of each requested output, once they are computed.</summary>
    public float[][] Results = [];

    public GivenSequence() => Items = [this];

    public int Length { get; set; }

    public void Fill(EncoderBatch batch, int row)
    {
        Ids.AsSpan(0, Length).CopyTo(batch.InputIds(row));
        if (Mask.Length == 0)
            batch.AttentionMask(row)[..Length].Fill(1);
        else
            Mask.AsSpan(0, Length).CopyTo(batch.AttentionMask(row));
        if (Types.Length > 0)
            Types.AsSpan(0, Length).CopyTo(batch.TokenTypeIds(row));
    }
}
