using System.Runtime.InteropServices;

namespace Bert.MLNet.Encoders;

/// <summary>Tokens of the checkpoint's own tokenizer, and the outputs that a step keeps for them. Reused for other texts.</summary>
/// <typeparam name="TKept">The kept outputs.</typeparam>
internal class TokenSequence<TKept> : ISequence
    where TKept : class
{
    public List<int> Ids { get; } = [];

    /// <summary>The start of the second text's tokens, or the length if there is none.</summary>
    public int PairStart { get; set; }

    public int Length => Ids.Count;

    /// <summary>Null until the sequence is computed for the first time.</summary>
    public TKept Kept { get; set; } = null!;

    public void Fill(EncoderBatch batch, int row) => batch.Fill(row, CollectionsMarshal.AsSpan(Ids), PairStart);
}

internal static class TokenSequenceExtensions
{
    /// <summary>Copies an output of which each sequence has the same number of values.</summary>
    public static void Keep(this TokenSequence<float[]> sequence, ReadOnlySpan<float> output)
    {
        sequence.Kept ??= new float[output.Length];
        output.CopyTo(sequence.Kept);
    }
}
