using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.TextClassification.FewShot;

public sealed class PairSamplerTests
{
    // Rows 0, 2 and 4 have one label, rows 1 and 3 the other.
    private static readonly int[] s_labels = [7, 9, 7, 9, 7];
    private static readonly (int, int, bool)[] s_same = [(0, 2, true), (0, 4, true), (2, 4, true), (1, 3, true)];
    private static readonly (int, int, bool)[] s_different =
        [(0, 1, false), (0, 3, false), (2, 1, false), (2, 3, false), (4, 1, false), (4, 3, false)];

    [Fact]
    public void Unique_is_every_pair_once() =>
        Assert.Equal([.. s_same, .. s_different], Sample(s_labels, new() { Sampling = BertFewShotSampling.Unique }));

    [Fact]
    public void Oversampling_repeats_the_pairs_of_the_kind_that_has_fewer() =>
        Assert.Equal([.. s_same, s_same[0], s_same[1], .. s_different], Sample(s_labels, new() { Pairs = 12 }));

    [Fact]
    public void Undersampling_leaves_pairs_of_the_kind_that_has_more_out()
    {
        (int, int, bool)[] pairs = Sample(s_labels, new() { Sampling = BertFewShotSampling.Undersampling });
        Assert.Equal(s_same, pairs[..4]);
        Assert.Equal(4, pairs[4..].Distinct().Count());
        Assert.Subset(s_different.ToHashSet(), pairs[4..].ToHashSet());
    }

    [Theory]
    [InlineData(BertFewShotSampling.Oversampling, 2 * 640, 640), InlineData(BertFewShotSampling.Undersampling, 8, 4)]
    [InlineData(BertFewShotSampling.Unique, 10, 4)]
    public void Few_rows_are_trained_for_a_number_of_updates_and_only_oversampling_repeats(BertFewShotSampling sampling, int all, int same)
    {
        (int, int, bool)[] pairs = Sample(s_labels, new() { Sampling = sampling });
        Assert.Equal((all, same), (pairs.Length, pairs.Count(pair => pair.Item3)));
    }

    [Theory]
    [InlineData(BertFewShotSampling.Oversampling), InlineData(BertFewShotSampling.Undersampling), InlineData(BertFewShotSampling.Unique)]
    public void Pairs_of_many_rows_are_a_random_part_of_what_a_plain_loop_lists(BertFewShotSampling sampling)
    {
        var random = new Random(5);
        int[] labels = [.. Enumerable.Range(0, 90).Select(_ => random.Next(12))];
        var listed = new HashSet<(int, int, bool)>();
        for (int i = 0; i < labels.Length; i++)
        {
            for (int j = 0; j < i; j++)
                listed.Add((j, i, labels[i] == labels[j]));
        }
        var sampler = new PairSampler(labels);
        int same = listed.Count(pair => pair.Item3);
        Assert.Equal((same, listed.Count - same), (sampler.Same, sampler.Different));

        (int First, int Second, bool Same)[] pairs = [.. Sample(labels, new() { Sampling = sampling, Pairs = 300 }).Select(pair =>
            (Math.Min(pair.Item1, pair.Item2), Math.Max(pair.Item1, pair.Item2), pair.Item3))];
        Assert.Equal(300, pairs.Distinct().Count());
        Assert.Subset(listed, pairs.ToHashSet());
        int due = sampling == BertFewShotSampling.Unique ? (int)Math.Round(300.0 * same / listed.Count) : 150;
        Assert.Equal(due, pairs.Count(pair => pair.Same));
    }

    [Fact]
    public void Every_pair_is_drawn_as_often_as_the_others()
    {
        var sampler = new PairSampler(s_labels);
        var random = new Random(3);
        int[] counts = [.. Enumerable.Range(0, 3000).SelectMany(_ => sampler.Sample(new() { Pairs = 4 }, random)).Where(pair => !pair.Same)
            .CountBy(pair => (pair.First, pair.Second)).Select(count => count.Value)];
        Assert.Equal(6, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 900, 1100)); // 3,000 × 2 / 6, of a deviation of 26
    }

    private static (int, int, bool)[] Sample(int[] labels, BertFewShotOptions options) =>
        [.. new PairSampler(labels).Sample(options, new Random(1))];
}
