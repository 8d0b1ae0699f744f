using Bert.MLNet.DataViews;
using CsCheck;

namespace Bert.MLNet.Tests.DataViews;

public class LengthBatchesTests
{
    private static readonly Gen<(int[] Lengths, int Budget, int Threads)> s_work =
        Gen.Select(Gen.Int[0, 60].Array[1, 300], Gen.Int[1, 700], Gen.Int[1, 9]);

    [Fact]
    public void Every_item_is_in_one_batch_the_longest_first_equal_ones_in_their_order_and_within_the_budget() => s_work.Sample(work =>
    {
        Item[] items = [.. work.Lengths.Select(length => new Item(length))], expected = [.. items.OrderByDescending(item => item.Length)];
        List<Range> batches = LengthBatches.SortAndCut(items.AsSpan(), work.Budget, work.Threads);
        Assert.Equal(expected, batches.SelectMany(batch => items[batch]));
        Assert.All(batches, batch => Assert.True(items[batch].Length == 1 || items[batch].Length * items[batch][0].Length <= work.Budget));
    });

    [Fact]
    public void Where_padding_costs_little_tokens_count_alone_up_to_so_many_budgets() =>
        Gen.Select(s_work, Gen.Int[2, 4]).Sample((work, mostPadding) =>
    {
        Item[] items = [.. work.Lengths.Select(length => new Item(length))], expected = [.. items.OrderByDescending(item => item.Length)];
        List<Range> batches = LengthBatches.SortAndCut(items.AsSpan(), work.Budget, work.Threads, mostPadding),
            padded = LengthBatches.SortAndCut([.. items], work.Budget, work.Threads);
        Assert.Equal(expected, batches.SelectMany(batch => items[batch]));
        Assert.All(batches, batch => Assert.True(
            items[batch].Length == 1
                || items[batch].Sum(item => item.Length) <= work.Budget
                && items[batch].Length * items[batch][0].Length <= mostPadding * work.Budget));
        if (work.Threads == 1)
            Assert.True(batches.Count <= padded.Count);
    });

    [Fact]
    public void Batches_of_equal_lengths_are_as_small_as_a_multiple_of_the_threads_lets_them_be() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[2, 9], Gen.Int[1, 60]).Sample((count, threads, rows) =>
    {
        Item[] items = [.. Enumerable.Repeat(10, count).Select(length => new Item(length))];
        int[] sizes = [.. LengthBatches.SortAndCut(items.AsSpan(), 10 * rows, threads).Select(batch => items[batch].Length)];
        int due = Math.Min(count, (int)Math.Ceiling(Math.Ceiling((double)count / rows) / threads) * threads);
        Assert.True(sizes.Length <= due);
        Assert.Equal((int)Math.Ceiling((double)count / due), sizes.Max()); // no budget that makes as few is smaller
    });

    [Fact]
    public void Two_threads_share_what_one_batch_could_hold()
    {
        Item[] items = [.. new[] { 9, 12, 10, 11 }.Select(length => new Item(length))];
        Assert.Equal([0..4], LengthBatches.SortAndCut(items.AsSpan(), 512));
        Assert.Equal([0..2, 2..4], LengthBatches.SortAndCut(items.AsSpan(), 512, multiple: 2));
        Assert.Equal([0..1, 1..2, 2..3, 3..4], LengthBatches.SortAndCut(items.AsSpan(), 512, multiple: 8));
    }

    // A class: equal lengths do not make equal items.
    private sealed class Item(int length) : IBatchItem
    {
        public int Length => length;
    }
}
