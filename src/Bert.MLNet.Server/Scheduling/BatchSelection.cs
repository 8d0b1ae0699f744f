namespace Bert.MLNet.Server.Scheduling;

/// <summary>Chooses the sequences that are computed with the one whose turn it is.</summary>
internal static class BatchSelection
{
    /// <summary>How many budgets of tokens are looked at. More find more equal lengths, and let more sequences overtake others.</summary>
    private const int LookAhead = 4;

    /// <summary>The maximum of a batch's padded size, in tokens without padding.</summary>
    private const double MostPadding = 1.5;

    /// <summary>
    /// Returns the first sequence and those of the nearest lengths among the next ones, as long as they fit the budget and padding is
    /// at most a third of the batch.
    /// </summary>
    /// <param name="waiting">The sequences in the order of their turns, at least one.</param>
    /// <param name="budget">The number of tokens with padding. A longer sequence is a batch by itself.</param>
    public static IReadOnlyList<QueuedSequence> Of(IEnumerable<QueuedSequence> waiting, long budget)
    {
        List<QueuedSequence> near = LookAt(waiting, budget);
        QueuedSequence first = near[0];
        QueuedSequence[] sorted = [.. near.OrderBy(sequence => sequence.Length)];
        int start = Array.IndexOf(sorted, first), end = start + 1;
        long tokens = first.Length, longest = first.Length;
        while (true)
        {
            bool shorterFits = start > 0 && Fits(sorted[start - 1].Length, longest);
            bool longerFits = end < sorted.Length && Fits(sorted[end].Length, sorted[end].Length);
            if (!shorterFits && !longerFits)
                return sorted[start..end];
            long size = end - start;
            bool takesShorter = shorterFits
                && (!longerFits || longest - sorted[start - 1].Length <= size * (sorted[end].Length - longest));
            QueuedSequence next = takesShorter ? sorted[--start] : sorted[end++];
            tokens += next.Length;
            longest = Math.Max(longest, next.Length);
        }

        bool Fits(int length, long most)
        {
            long padded = (end - start + 1) * most;
            return padded <= budget && padded <= MostPadding * (tokens + length);
        }
    }

    private static List<QueuedSequence> LookAt(IEnumerable<QueuedSequence> waiting, long budget)
    {
        List<QueuedSequence> near = [];
        long tokens = 0;
        foreach (QueuedSequence sequence in waiting)
        {
            near.Add(sequence);
            tokens += sequence.Length;
            if (tokens >= LookAhead * budget)
                break;
        }
        return near;
    }
}
