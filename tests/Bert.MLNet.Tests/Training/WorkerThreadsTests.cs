using System.Collections.Concurrent;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public class WorkerThreadsTests
{
    [Theory]
    [InlineData(0, 3), InlineData(1, 3), InlineData(100, 1), InlineData(100, 3), InlineData(3, 10)]
    public void Every_piece_is_done_once_and_no_worker_does_two_at_a_time(int count, int workers)
    {
        using var threads = new WorkerThreads(workers);
        int[] done = new int[count], busy = new int[workers];
        threads.Share(count, (worker, piece) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref busy[worker]));
            Interlocked.Increment(ref done[piece]);
            Thread.Yield();
            Interlocked.Decrement(ref busy[worker]);
        });
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_worker_is_always_the_same_thread_and_the_first_the_one_that_asks()
    {
        const int Workers = 3;
        using var threads = new WorkerThreads(Workers);
        var seen = new ConcurrentDictionary<(int Worker, Thread Thread), bool>();
        for (int i = 0; i < 20; i++)
        {
            int started = 0;
            threads.Each(Workers, worker =>
            {
                seen[(worker, Thread.CurrentThread)] = true;
                Interlocked.Increment(ref started);
                SpinWait.SpinUntil(() => Volatile.Read(ref started) == Workers); // all at the same time, or this never ends
            });
        }
        Assert.Equal([0, 1, 2], seen.Keys.Select(key => key.Worker).Order());
        Assert.Equal(Workers, seen.Keys.Select(key => key.Thread).Distinct().Count());
        Assert.True(seen.ContainsKey((0, Thread.CurrentThread)));
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void What_a_piece_throws_is_thrown_as_it_is_no_piece_is_begun_long_after_and_the_threads_go_on(int workers)
    {
        using var threads = new WorkerThreads(workers);
        int begun = 0;
        var error = Assert.Throws<FormatException>(() => threads.Share(1_000_000, (_, piece) =>
        {
            Interlocked.Increment(ref begun);
            if (piece == 10)
                throw new FormatException("ten");
            Thread.Yield();
        }));
        Assert.Equal("ten", error.Message);
        Assert.InRange(begun, 11, 999_999);

        int done = 0;
        threads.Each(workers, _ => Interlocked.Increment(ref done));
        Assert.Equal(workers, done);
    }

    [Fact]
    public void Threads_end_with_their_owner()
    {
        Thread? other = null;
        using (var threads = new WorkerThreads(2))
        {
            threads.Each(2, worker =>
            {
                if (worker == 1)
                    other = Thread.CurrentThread;
            });
        }
        Assert.True(other!.Join(TimeSpan.FromMinutes(1)));
    }
}
