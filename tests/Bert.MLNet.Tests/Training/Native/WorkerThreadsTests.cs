using System.Collections.Concurrent;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public class WorkerThreadsTests
{
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
                Patience.Until(() => Volatile.Read(ref started) == Workers); // all at the same time, or this never happens
            });
        }
        Assert.Equal([0, 1, 2], seen.Keys.Select(key => key.Worker).Order());
        Assert.Equal(Workers, seen.Keys.Select(key => key.Thread).Distinct().Count());
        Assert.True(seen.ContainsKey((0, Thread.CurrentThread)));
    }

    [Theory]
    [InlineData(0), InlineData(1)]
    public void What_a_worker_throws_is_thrown_as_it_is_once_all_have_ended_and_the_threads_go_on(int thrower)
    {
        using var threads = new WorkerThreads(2);
        int ended = 0;
        var error = Assert.Throws<FormatException>(() => threads.Each(2, worker =>
        {
            if (worker == thrower)
                throw new FormatException("one");
            Thread.Sleep(50);
            Interlocked.Increment(ref ended);
        }));
        Assert.Equal("one", error.Message);
        Assert.Equal(1, ended);

        threads.Each(2, _ => Interlocked.Increment(ref ended));
        Assert.Equal(3, ended);
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
