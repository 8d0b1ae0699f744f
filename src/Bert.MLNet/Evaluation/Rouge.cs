namespace Bert.MLNet.Evaluation;

/// <summary>Compares a summary with a reference by ROUGE (Lin, 2004), as rouge_score does.</summary>
internal static class Rouge
{
    /// <summary>ROUGE-N: common sequences of <paramref name="n"/> tokens.</summary>
    public static Overlap Ngrams(string[] summary, string[] reference, int n)
    {
        Dictionary<string, int> one = NgramCounts.OfTokens(summary, n), other = NgramCounts.OfTokens(reference, n);
        return Overlap.Of(NgramCounts.Common(one, other), one.Values.Sum(), other.Values.Sum());
    }

    /// <summary>ROUGE-L: the longest common subsequence.</summary>
    public static Overlap Longest(string[] summary, string[] reference) =>
        Overlap.Of(CommonSubsequence.Length(summary, reference), summary.Length, reference.Length);

    /// <summary>
    /// ROUGE-Lsum: for each sentence of the reference, the tokens that are in its longest common subsequence with some sentence of the
    /// summary; each token counts as often as both texts contain it.
    /// </summary>
    public static Overlap LongestOfSentences(string[][] summary, string[][] reference)
    {
        Dictionary<string, int> left = Count(summary), leftOfReference = Count(reference);
        int common = 0;
        foreach (string[] sentence in reference)
        {
            foreach (int index in summary.SelectMany(other => CommonSubsequence.Indices(sentence, other)).Distinct())
            {
                string token = sentence[index];
                if (left.GetValueOrDefault(token) > 0 && leftOfReference[token] > 0)
                {
                    common++;
                    left[token]--;
                    leftOfReference[token]--;
                }
            }
        }
        return Overlap.Of(common, summary.Sum(sentence => sentence.Length), reference.Sum(sentence => sentence.Length));
    }

    private static Dictionary<string, int> Count(string[][] sentences) =>
        sentences.SelectMany(sentence => sentence).CountBy(token => token).ToDictionary();
}
