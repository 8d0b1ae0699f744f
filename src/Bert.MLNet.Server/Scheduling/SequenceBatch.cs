namespace Bert.MLNet.Server.Scheduling;

/// <summary>Sequences of one lane that are computed together.</summary>
/// <param name="lane">The lane.</param>
/// <param name="sequences">At least one sequence.</param>
/// <param name="seconds">The time that the batch is expected to take; 0 if unknown.</param>
internal sealed class SequenceBatch(Lane lane, IReadOnlyList<QueuedSequence> sequences, double seconds)
{
    public Lane Lane => lane;

    public IReadOnlyList<QueuedSequence> Sequences => sequences;

    public double ExpectedSeconds => seconds;

    /// <summary>The number of tokens without padding.</summary>
    public long Tokens { get; } = sequences.Sum(sequence => (long)sequence.Length);

    /// <summary>The number of tokens with padding.</summary>
    public long PaddedTokens { get; } = PaddedSize(sequences);

    /// <summary>The share of padding in the batch, 0 to less than 1.</summary>
    public double PaddingShare => 1 - (double)Tokens / PaddedTokens;

    public static long PaddedSize(IReadOnlyList<QueuedSequence> sequences) =>
        (long)sequences.Count * sequences.Max(sequence => sequence.Length);

    /// <summary>Computes the batch on the calling thread and tells its requests.</summary>
    /// <returns>The failure, or null.</returns>
    public Exception? Run()
    {
        try
        {
            lane.Compute([.. sequences.Select(sequence => sequence.Item)]);
        }
        catch (Exception failure)
        {
            foreach (QueuedSequence sequence in sequences)
                sequence.Job.Fail(failure);
            return failure;
        }
        return null;
    }

    /// <summary>Tells the requests of a computed batch.</summary>
    public void Complete()
    {
        foreach (QueuedSequence sequence in sequences)
            sequence.Job.Computed();
    }
}
