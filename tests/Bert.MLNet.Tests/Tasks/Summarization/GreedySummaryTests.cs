using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.Summarization;

public sealed class GreedySummaryTests
{
    private static readonly string[][] s_sentences = [["a", "b"], ["c", "d", "e"], ["x", "y"], ["a", "b", "c"]];

    [Fact]
    public void Sentences_are_picked_while_they_help()
    {
        // On paper: "c d e" and "a b c" have ROUGE-1 6/8 and ROUGE-2 4/6, and the first wins. With "a b c", 10/11 and 8/8; with "a b",
        // 10/10
        // and 6/7, which is less.
        Assert.Equal([1, 3], GreedySummary.Pick(s_sentences, [["a", "b", "c", "d", "e"]], most: 3));
        Assert.Equal([1], GreedySummary.Pick(s_sentences, [["a", "b", "c", "d", "e"]], most: 1));
        Assert.Equal([0, 2], GreedySummary.Pick(s_sentences, [["y", "x", "b", "a"], ["a", "b", "x", "y"]], most: 3));
        Assert.Equal([], GreedySummary.Pick(s_sentences, [["z"]], most: 3));
        Assert.Equal([], GreedySummary.Pick([], [["z"]], most: 3));
    }

    [Fact]
    public void Each_pick_is_the_best_of_all_by_a_naive_count()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 30; trial++)
        {
            string[][] sentences = [.. Enumerable.Range(0, 6).Select(_ => Words(random, 5))];
            string[] reference = Words(random, 8);
            var picked = new List<int>();
            double score = 0;
            while (picked.Count < 3)
            {
                int best = Enumerable.Range(0, 6).Except(picked).MaxBy(i => Math.Round(Score([.. picked, i]), 12));
                if (Score([.. picked, best]) <= score + 1e-12)
                    break;
                picked.Add(best);
                score = Score([.. picked]);
            }
            Assert.Equal(picked.Order(), GreedySummary.Pick(sentences, [reference], 3));

            double Score(int[] some) => F1(1, some) + F1(2, some);

            double F1(int n, int[] some)
            {
                string[] one = [.. some.SelectMany(i => Grams(sentences[i], n))], other = Grams(reference, n);
                var left = other.ToList();
                double common = one.Count(left.Remove);
                return common > 0 ? 2 * common / (one.Length + other.Length) : 0;
            }
        }
    }

    private static string[] Words(Random random, int most) =>
        [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => "abcd"[random.Next(4)].ToString())];

    private static string[] Grams(string[] words, int n) =>
        [.. Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => string.Join(' ', words[i..(i + n)]))];
}
