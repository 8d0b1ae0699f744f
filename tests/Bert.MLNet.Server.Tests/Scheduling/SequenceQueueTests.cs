using Bert.MLNet.Server.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace Bert.MLNet.Server.Tests.Scheduling;

/// <summary>The order in which waiting sequences are computed, step by step, without threads.</summary>
public sealed class SequenceQueueTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Lane _lane = NewLane("a");

    [Fact]
    public void A_batch_fits_the_budget_with_its_padding_and_has_little_padding()
    {
        var random = new Random(1);
        SequenceQueue queue = Queue(budget: 256);
        for (int i = 0; i < 300; i++)
            Add(queue, _lane, new FakeItem(random.Next(1, 120)));
        int batches = 0, computed = 0;
        while (Take(queue) is { } batch)
        {
            Assert.InRange(batch.PaddedTokens, 1, 256);
            Assert.Equal(batch.Sequences.Count * batch.Sequences.Max(sequence => sequence.Length), batch.PaddedTokens);
            Assert.InRange(batch.PaddingShare, 0, 0.334);
            (batches, computed) = (batches + 1, computed + batch.Sequences.Count);
        }
        Assert.Equal(300, computed);
        Assert.InRange(batches, 1, 150);
    }

    [Fact]
    public void A_sequence_above_the_budget_is_a_batch_by_itself()
    {
        SequenceQueue queue = Queue(budget: 100);
        Add(queue, _lane, [new FakeItem(512), .. FakeItem.Many(4, 10)]);
        Assert.Equal([512], Take(queue)!.Sequences.Select(sequence => sequence.Length));
        Assert.Equal([10, 10, 10, 10], Take(queue)!.Sequences.Select(sequence => sequence.Length));
        Assert.Null(Take(queue));
    }

    [Fact]
    public void The_nearest_lengths_share_a_batch_with_the_first()
    {
        SequenceQueue queue = Queue(budget: 100);
        Add(queue, _lane, new FakeItem(20));
        foreach (int length in (int[])[60, 3, 21, 19, 50, 22])
            Add(queue, _lane, new FakeItem(length));
        Assert.Equal([19, 20, 21, 22], Take(queue)!.Sequences.Select(sequence => sequence.Length));
    }

    [Fact]
    public void A_long_document_does_not_hold_up_a_short_text_that_comes_later()
    {
        SequenceQueue queue = Queue(budget: 256);
        Add(queue, _lane, FakeItem.Many(400, 250, "document"));
        for (int i = 0; i < 10; i++)
            Take(queue);
        Add(queue, _lane, new FakeItem(12, "short"));
        Assert.Contains("short", Names(Take(queue)!).Concat(Names(Take(queue)!)));
    }

    [Fact]
    public void A_long_document_goes_on_while_short_texts_never_end()
    {
        SequenceQueue queue = Queue(budget: 256);
        Add(queue, _lane, FakeItem.Many(40, 250, "document"));
        int parts = 0;
        for (int i = 0; i < 200; i++)
        {
            for (int text = 0; text < 25; text++)
                Add(queue, _lane, new FakeItem(10, "short"));
            parts += Names(Take(queue)!).Count(name => name == "document");
        }
        Assert.InRange(parts, 3, 39);
    }

    [Fact]
    public void Models_share_the_time_of_computing_however_many_requests_each_has()
    {
        SequenceQueue queue = Queue(budget: 100);
        Lane slow = NewLane("slow"), fast = NewLane("fast");
        Add(queue, slow, FakeItem.Many(5000, 50));
        for (int i = 0; i < 50; i++)
            Add(queue, fast, FakeItem.Many(100, 50));
        var seconds = new Dictionary<string, double> { ["slow"] = 0, ["fast"] = 0 };
        while (seconds.Values.Sum() < 20)
        {
            SequenceBatch batch = Take(queue)!;
            double taken = batch.Lane == slow ? 0.1 : 0.01;
            seconds[batch.Lane.Model] += taken;
            Complete(batch, TimeSpan.FromSeconds(taken));
        }
        Assert.InRange(seconds["slow"], 9.5, 10.5);
        Assert.InRange(seconds["fast"], 9.5, 10.5);
    }

    [Fact]
    public void A_model_without_requests_saves_up_no_claim()
    {
        SequenceQueue queue = Queue(budget: 100);
        Lane busy = NewLane("busy"), rare = NewLane("rare");
        Add(queue, rare, new FakeItem(50));
        Complete(Take(queue)!, TimeSpan.FromSeconds(0.1));
        Add(queue, busy, FakeItem.Many(1000, 50));
        for (int i = 0; i < 100; i++)
            Complete(Take(queue)!, TimeSpan.FromSeconds(0.1));
        Add(queue, rare, FakeItem.Many(100, 50));
        string[] next = [.. Enumerable.Range(0, 10).Select(_ =>
        {
            SequenceBatch batch = Take(queue)!;
            Complete(batch, TimeSpan.FromSeconds(0.1));
            return batch.Lane.Model;
        })];
        Assert.InRange(next.Count(model => model == "rare"), 4, 6);
    }

    [Fact]
    public void A_request_that_has_gone_leaves_the_queue_at_once()
    {
        SequenceQueue queue = Queue(budget: 100);
        SequenceJob gone = Add(queue, _lane, FakeItem.Many(30, 25, "gone"));
        Add(queue, _lane, FakeItem.Many(3, 25, "stays"));
        Take(queue);
        gone.Lane.Remove(gone);
        Assert.True(queue.Count <= 3);
        while (Take(queue) is { } batch)
            Assert.All(Names(batch), name => Assert.Equal("stays", name));
        Assert.Equal(0, _lane.WaitingTokens);
        Assert.Equal(0, _lane.WaitingJobs);
    }

    [Fact]
    public void Idle_workers_share_what_waits()
    {
        SequenceQueue queue = Queue(budget: 1000, workers: 4);
        Add(queue, _lane, FakeItem.Many(8, 25));
        Assert.Equal([2, 2, 2], Enumerable.Range(0, 3).Select(busy => Take(queue, idleWorkers: 4 - busy)!.Sequences.Count));
    }

    [Fact]
    public void The_only_idle_worker_leaves_the_shares_of_those_that_are_busy_unless_they_are_too_small()
    {
        SequenceQueue queue = Queue(budget: 1000, workers: 2);
        Add(queue, _lane, FakeItem.Many(12, 25));
        Assert.Equal([6, 3, 2, 1], Enumerable.Range(0, 4).Select(_ => Take(queue)!.Sequences.Count));
        Assert.Null(Take(queue));
        Add(queue, _lane, FakeItem.Many(100, 25));
        Assert.Equal(40, Take(queue)!.Sequences.Count); // the budget
        SequenceQueue ofOne = Queue(budget: 1000);
        Add(ofOne, NewLane("b"), FakeItem.Many(12, 25));
        Assert.Equal(12, Take(ofOne)!.Sequences.Count);
    }

    [Fact]
    public void A_small_batch_waits_as_long_as_allowed_and_a_full_one_does_not()
    {
        SequenceQueue queue = Queue(budget: 100, delay: TimeSpan.FromMilliseconds(5));
        Add(queue, _lane, new FakeItem(25));
        Assert.Null(queue.Take(1, drains: false, out TimeSpan wait));
        Assert.Equal(5, wait.TotalMilliseconds, 1e-3);
        _clock.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Null(queue.Take(1, drains: false, out wait));
        Assert.Equal(2, wait.TotalMilliseconds, 1e-3);
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.NotNull(Take(queue));
        Add(queue, _lane, FakeItem.Many(4, 25));
        Assert.NotNull(Take(queue));
        Add(queue, _lane, new FakeItem(25));
        Assert.NotNull(queue.Take(1, drains: true, out _));
        Assert.Null(queue.Take(1, drains: false, out wait));
        Assert.Equal(Timeout.InfiniteTimeSpan, wait);
    }

    [Fact]
    public void The_queue_is_full_at_its_length_but_takes_any_request_when_empty()
    {
        SequenceQueue queue = Queue(budget: 100, length: 10);
        Assert.False(queue.IsFull(1000));
        Add(queue, _lane, FakeItem.Many(9, 25));
        Assert.False(queue.IsFull());
        Assert.True(queue.IsFull(2));
        SequenceBatch batch = Take(queue)!;
        Assert.Equal(TimeSpan.Zero, queue.ExpectedWork);
        Complete(batch, TimeSpan.FromSeconds(batch.PaddedTokens));
        Assert.Equal(5 * 25, queue.ExpectedWork.TotalSeconds, 1e-6);
    }

    private SequenceQueue Queue(int budget, TimeSpan delay = default, int length = int.MaxValue, int workers = 1) =>
        new(new QueueOptions(budget, delay, length), workers, _clock);

    private static Lane NewLane(string model) => new(model, "test", _ => { });

    private static SequenceJob Add(SequenceQueue queue, Lane lane, params FakeItem[] items)
    {
        var job = new SequenceJob(lane, items);
        queue.Add(job);
        return job;
    }

    private static void Complete(SequenceBatch batch, TimeSpan elapsed) => batch.Lane.Complete(batch, elapsed);

    private static SequenceBatch? Take(SequenceQueue queue, int idleWorkers = 1) => queue.Take(idleWorkers, drains: false, out _);

    private static IEnumerable<string> Names(SequenceBatch batch) => batch.Sequences.Select(sequence => ((FakeItem)sequence.Item).Name);
}
