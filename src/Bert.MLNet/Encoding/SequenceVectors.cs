using Bert.MLNet.DataViews;

namespace Bert.MLNet.Encoders;

/// <summary>Computes the vectors of sequences that are tokens already.</summary>
internal static class SequenceVectors
{
    private const int TokensPerBatch = 2048;

    /// <summary>Creates a sequence.</summary>
    /// <param name="ids">The token ids, special tokens included.</param>
    /// <param name="pairStart">The start of the second text's tokens; null if there is none.</param>
    public static TokenSequence<float[]> Sequence(IEnumerable<int> ids, int? pairStart = null)
    {
        var sequence = new TokenSequence<float[]>();
        sequence.Ids.AddRange(ids);
        sequence.PairStart = pairStart ?? sequence.Ids.Count;
        return sequence;
    }

    /// <summary>Computes a vector for each sequence, such as an embedding or logits.</summary>
    /// <param name="work">The computation.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="threads">The number of batches that are computed at the same time.</param>
    public static float[][] Compute(
        this TextWork<VectorRow, TokenSequence<float[]>> work, IReadOnlyList<TokenSequence<float[]>> sequences, int threads)
    {
        TokenSequence<float[]>[] sorted = [.. sequences];
        List<Range> batches = LengthBatches.SortAndCut(sorted.AsSpan(), TokensPerBatch);
        Workers.Share(batches.Count, threads, (_, batch) => work.Run(sorted.AsSpan(batches[batch])));
        return [.. sequences.Select(sequence => sequence.Kept)];
    }
}
