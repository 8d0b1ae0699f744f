using Bert.MLNet.Evaluation;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Picks the sentences of a text that together resemble a summary most, as in the training of BertSum (Liu and Lapata, 2019).
/// </summary>
internal static class GreedySummary
{
    /// <summary>
    /// Picks one sentence after another, always the one that increases ROUGE-1 F1 plus ROUGE-2 F1 most, until none does.
    /// </summary>
    /// <param name="sentences">The words of each sentence.</param>
    /// <param name="references">The words of each summary; the most similar one counts.</param>
    /// <param name="most">The maximum number of sentences.</param>
    /// <returns>The indexes of the sentences, in ascending order.</returns>
    public static int[] Pick(string[][] sentences, string[][] references, int most)
    {
        NgramPair[] parts = Array.ConvertAll(sentences, NgramPair.Of), wholes = Array.ConvertAll(references, NgramPair.Of);
        var picked = new List<int>();
        var summary = new NgramPair([], []);
        double score = 0;
        while (picked.Count < most)
        {
            (int best, double bestScore, NgramPair? bestSummary) = (-1, score, null);
            for (int i = 0; i < parts.Length; i++)
            {
                if (picked.Contains(i))
                    continue;
                NgramPair longer = summary.Plus(parts[i]);
                double next = wholes.Select(longer.Score).DefaultIfEmpty(0).Max();
                if (next > bestScore)
                    (best, bestScore, bestSummary) = (i, next, longer);
            }
            if (bestSummary is null)
                break;
            picked.Add(best);
            (score, summary) = (bestScore, bestSummary);
        }
        picked.Sort();
        return [.. picked];
    }

    private sealed record NgramPair(Dictionary<string, int> Words, Dictionary<string, int> Pairs)
    {
        public static NgramPair Of(string[] words) => new(NgramCounts.OfTokens(words, 1), NgramCounts.OfTokens(words, 2));

        public NgramPair Plus(NgramPair other) => new(Sum(Words, other.Words), Sum(Pairs, other.Pairs));

        public double Score(NgramPair reference) => F1(Words, reference.Words) + F1(Pairs, reference.Pairs);

        private static double F1(Dictionary<string, int> one, Dictionary<string, int> reference) =>
            Overlap.Of(NgramCounts.Common(one, reference), one.Values.Sum(), reference.Values.Sum()).F1;

        private static Dictionary<string, int> Sum(Dictionary<string, int> one, Dictionary<string, int> other)
        {
            var sum = new Dictionary<string, int>(one, StringComparer.Ordinal);
            foreach ((string key, int count) in other)
                sum[key] = sum.GetValueOrDefault(key) + count;
            return sum;
        }
    }
}
