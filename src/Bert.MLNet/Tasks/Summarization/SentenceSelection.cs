namespace Bert.MLNet.Tasks;

/// <summary>
/// Picks sentences that have high scores and differ from each other, by maximal marginal relevance (Carbonell and Goldstein, 1998).
/// </summary>
internal static class SentenceSelection
{
    /// <summary>Picks sentences, one after the other.</summary>
    /// <param name="scores">The scores of the sentences, at most 1.</param>
    /// <param name="similarities">The similarities of all pairs of sentences, row by row.</param>
    /// <param name="diversity">The weight of the greatest similarity with a picked sentence, 0 to 1; the rest is that of the score.</param>
    /// <param name="take">Whether the next sentence is taken; otherwise, it is passed over. Null ends the selection.</param>
    /// <returns>The indices of the sentences that were taken, in the order of the text.</returns>
    public static int[] Pick(float[] scores, float[] similarities, float diversity, Func<int, bool?> take)
    {
        int count = scores.Length;
        var left = Enumerable.Range(0, count).ToList();
        var taken = new List<int>();
        float[] nearest = new float[count];
        while (left.Count > 0)
        {
            // Of equal sentences, the first in the text.
            int best = left.MaxBy(i => (1 - diversity) * scores[i] - diversity * nearest[i]);
            left.Remove(best);
            bool? use = take(best);
            if (use is null)
                break;
            if (use == false)
                continue;
            taken.Add(best);
            foreach (int i in left)
                nearest[i] = Math.Max(nearest[i], similarities[best * count + i]);
        }
        taken.Sort();
        return [.. taken];
    }
}
