using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.Summarization;

public sealed class LexRankTests
{
    /// <summary>The cosines of the 11 sentences of figure 2 in the paper of Erkan and Radev, rounded as there.</summary>
    private static readonly float[] s_paper =
    [
        1.00f, 0.45f, 0.02f, 0.17f, 0.03f, 0.22f, 0.03f, 0.28f, 0.06f, 0.06f, 0.00f,
        0.45f, 1.00f, 0.16f, 0.27f, 0.03f, 0.19f, 0.03f, 0.21f, 0.03f, 0.15f, 0.00f,
        0.02f, 0.16f, 1.00f, 0.03f, 0.00f, 0.01f, 0.03f, 0.04f, 0.00f, 0.01f, 0.00f,
        0.17f, 0.27f, 0.03f, 1.00f, 0.01f, 0.16f, 0.28f, 0.17f, 0.00f, 0.09f, 0.01f,
        0.03f, 0.03f, 0.00f, 0.01f, 1.00f, 0.29f, 0.05f, 0.15f, 0.20f, 0.04f, 0.18f,
        0.22f, 0.19f, 0.01f, 0.16f, 0.29f, 1.00f, 0.05f, 0.29f, 0.04f, 0.20f, 0.03f,
        0.03f, 0.03f, 0.03f, 0.28f, 0.05f, 0.05f, 1.00f, 0.06f, 0.00f, 0.00f, 0.01f,
        0.28f, 0.21f, 0.04f, 0.17f, 0.15f, 0.29f, 0.06f, 1.00f, 0.25f, 0.20f, 0.17f,
        0.06f, 0.03f, 0.00f, 0.00f, 0.20f, 0.04f, 0.00f, 0.25f, 1.00f, 0.26f, 0.38f,
        0.06f, 0.15f, 0.01f, 0.09f, 0.04f, 0.20f, 0.00f, 0.20f, 0.26f, 1.00f, 0.12f,
        0.00f, 0.00f, 0.00f, 0.01f, 0.18f, 0.03f, 0.01f, 0.17f, 0.38f, 0.12f, 1.00f,
    ];

    /// <summary>The scores that the paper gives for a threshold of 0.1, relative to the highest one.</summary>
    private static readonly double[] s_published =
        [0.6007, 0.8466, 0.3491, 0.7520, 0.5907, 0.7993, 0.3548, 1, 0.5921, 0.6910, 0.5921];

    [Fact]
    public void Scores_with_a_threshold_are_those_of_the_paper()
    {
        double[] scores = LexRank.Centralities(s_paper, 11, threshold: 0.1f);
        Assert.Equal(1, scores.Sum(), 1e-9);
        Assert.All(s_published.Zip(scores), pair => Assert.Equal(pair.First, pair.Second / scores.Max(), 1e-3));
    }

    [Fact]
    public void Scores_without_a_threshold_solve_the_equations_of_the_walk()
    {
        double[] scores = LexRank.Centralities(s_paper, 11, threshold: null);
        for (int u = 0; u < 11; u++)
        {
            double sum = 0;
            for (int v = 0; v < 11; v++)
                sum += s_paper[v * 11 + u] / (double)Enumerable.Range(0, 11).Sum(z => s_paper[v * 11 + z]) * scores[v];
            Assert.Equal(0.15 / 11 + 0.85 * sum, scores[u], 1e-7);
        }
        Assert.Equal(1, scores.Sum(), 1e-9);
        Assert.Equal(7, Array.IndexOf(scores, scores.Max()));
    }

    [Fact]
    public void Similarities_are_cosines_without_negative_ones()
    {
        float[] similarities = LexRank.Similarities([[1, 0], [3, 4], [-1, 0], [0, 0]]);
        float[] expected = [1, 0.6f, 0, 0, 0.6f, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        Assert.All(expected.Zip(similarities), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Sentences_that_repeat_a_picked_one_come_later()
    {
        // 0 and 1 are the same sentence; 2 is another, with a lower score.
        float[] scores = [1, 0.9f, 0.5f], similarities = [1, 1, 0.1f, 1, 1, 0.1f, 0.1f, 0.1f, 1];
        Assert.Equal([0, 1], SentenceSelection.Pick(scores, similarities, diversity: 0, First(2)));
        Assert.Equal([0, 2], SentenceSelection.Pick(scores, similarities, diversity: 0.4f, First(2)));
        Assert.Equal([0, 1, 2], SentenceSelection.Pick(scores, similarities, diversity: 0.4f, First(5)));
    }

    [Fact]
    public void Lengths_are_numbers_shares_or_tokens()
    {
        float[] scores = [0.2f, 1, 0.6f, 0.8f], similarities = new float[16];
        int[] Pick(SummaryLength length, params int[] tokens) =>
            SentenceSelection.Pick(scores, similarities, diversity: 0, length.Chooser(4, sentence => tokens[sentence]));

        Assert.Equal([1, 2, 3], Pick(new(null, null, null)));
        Assert.Equal([1], Pick(new(1, null, null)));
        Assert.Equal([1, 3], Pick(new(null, 0.26f, null)));
        Assert.Equal([0, 1, 2, 3], Pick(new(null, 1, null)));
        // The best takes 5 of 10, the second does not fit, the third does.
        Assert.Equal([1, 2], Pick(new(null, null, 10), 3, 5, 4, 6));
        Assert.Equal([], Pick(new(null, null, 2), 3, 5, 4, 6));
    }

    private static Func<int, bool?> First(int count) => _ => count-- > 0 ? true : null;
}
