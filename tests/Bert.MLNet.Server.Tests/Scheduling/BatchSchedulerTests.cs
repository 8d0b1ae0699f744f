using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Bert.MLNet.Server.Scheduling;
using Bert.MLNet.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Bert.MLNet.Server.Tests.Scheduling;

/// <summary>What the workers do with requests of many threads.</summary>
public sealed class BatchSchedulerTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _atGate = new(0);
    private readonly Lane _gated;

    public BatchSchedulerTests() => _gated = new Lane("gate", "test", _ =>
    {
        _atGate.Release();
        Assert.True(_gate.Wait(Patience.Limit));
    });

    [Fact]
    public async Task Every_item_of_every_request_is_computed_once()
    {
        var computed = new ConcurrentDictionary<IQueueItem, int>();
        using BatchScheduler scheduler = Scheduler(workers: 3);
        Lane[] lanes = [.. Enumerable.Range(0, 2).Select(i => new Lane($"{i}", "test", batch =>
        {
            foreach (IQueueItem item in batch)
                computed.AddOrUpdate(item, 1, (_, times) => times + 1);
        }))];
        FakeItem[][] requests = [.. Enumerable.Range(0, 200).Select(i =>
            Enumerable.Range(0, i % 7).Select(part => new FakeItem(1 + (i * 31 + part) % 90, $"{i} {part}")).ToArray())];
        await Task.WhenAll(requests.Select((items, i) => Task.Run(() => scheduler.RunAsync(lanes[i % 2], items, Token), Token)));
        Assert.Equal(requests.Sum(items => items.Length), computed.Count);
        Assert.All(computed.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task A_failed_batch_fails_its_requests_and_no_others()
    {
        using BatchScheduler scheduler = Scheduler(workers: 1);
        var lane = new Lane("fails", "test", batch =>
        {
            if (batch.Any(item => item.Length == 13))
                throw new InvalidDataException("thirteen");
        });
        await Assert.ThrowsAsync<InvalidDataException>(() => scheduler.RunAsync(lane, [new FakeItem(13), new FakeItem(500)], Token));
        await scheduler.RunAsync(lane, FakeItem.Many(3, 12), Token);
        Assert.Equal(0, scheduler.Waiting);
    }

    [Fact]
    public async Task A_client_that_has_gone_leaves_the_queue()
    {
        using BatchScheduler scheduler = Scheduler(workers: 1);
        Task busy = await OccupyAsync(scheduler);
        using var client = new CancellationTokenSource();
        Task gone = scheduler.RunAsync(new Lane("x", "test", _ => Assert.Fail("It was computed.")), FakeItem.Many(5, 10), client.Token);
        Assert.Equal(5, scheduler.Waiting);
        await client.CancelAsync();
        Assert.Equal(0, scheduler.Waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        _gate.Set();
        await busy;
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_when_to_come_back()
    {
        using BatchScheduler scheduler = Scheduler(workers: 1, length: 4);
        Task busy = await OccupyAsync(scheduler);
        Task waits = scheduler.RunAsync(_gated, FakeItem.Many(4, 10), Token);
        QueueFullException full =
            await Assert.ThrowsAsync<QueueFullException>(() => scheduler.RunAsync(_gated, FakeItem.Many(1, 10), Token));
        Assert.True(full.RetryAfter >= TimeSpan.Zero);
        Assert.Throws<QueueFullException>(scheduler.ThrowIfFull);
        _gate.Set();
        await Task.WhenAll(busy, waits);
        scheduler.ThrowIfFull();
    }

    [Fact]
    public async Task The_end_waits_for_all_that_was_accepted()
    {
        int computed = 0;
        BatchScheduler scheduler = Scheduler(workers: 2);
        Task busy = await OccupyAsync(scheduler);
        Task[] accepted = [.. Enumerable.Range(0, 50).Select(i => scheduler.RunAsync(
            new Lane($"{i}", "test", batch => Interlocked.Add(ref computed, batch.Count)), FakeItem.Many(2, 30), Token))];
        Task end = Task.Run(scheduler.Dispose, Token);
        _gate.Set();
        await end.WaitAsync(Patience.Limit, Token);
        Assert.Equal(100, computed);
        await Task.WhenAll([busy, .. accepted]);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scheduler.RunAsync(_gated, FakeItem.Many(1, 1), Token));
    }

    [Fact]
    public async Task Batches_are_measured_without_their_content()
    {
        using BatchScheduler scheduler = Scheduler(workers: 1);
        var seen = new ConcurrentDictionary<string, double>();
        var tagged = new ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == BertServerTelemetry.Name
                    && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
        await scheduler.RunAsync(new Lane("m", "embed", _ => { }), [new FakeItem(20), new FakeItem(30)], Token);
        Assert.Equal(2, seen["bert.server.batch.size"]);
        Assert.Equal(50, seen["bert.server.tokens"]);
        Assert.Equal(1 - 50 / 60.0, seen["bert.server.batch.padding"], 1e-9);
        Assert.Equal(["model=m task=embed"], tagged.Distinct());
        Assert.True(seen["bert.server.queue.duration"] >= 0 && seen["bert.server.compute.duration"] >= 0);

        void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            seen[instrument.Name] = value;
            tagged.Add(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
        }
    }

    public void Dispose()
    {
        _services.Dispose();
        _gate.Dispose();
        _atGate.Dispose();
    }

    /// <summary>Makes a worker wait at the gate.</summary>
    private async Task<Task> OccupyAsync(BatchScheduler scheduler)
    {
        Task busy = scheduler.RunAsync(_gated, FakeItem.Many(1, 10), Token);
        Assert.True(await _atGate.WaitAsync(Patience.Limit, Token));
        return busy;
    }

    private BatchScheduler Scheduler(int workers, int length = int.MaxValue) => new(
        new QueueOptions(256, TimeSpan.Zero, length), workers, TimeProvider.System,
        new ServerMetrics(_services.GetRequiredService<IMeterFactory>()));
}
