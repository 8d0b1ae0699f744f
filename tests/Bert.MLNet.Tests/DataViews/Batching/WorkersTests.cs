using Bert.MLNet.DataViews;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.DataViews;

/// <summary>On threads of the pool, and on threads of their own.</summary>
public class WorkersTests
{
    [Theory]
    [InlineData(0, 3, false), InlineData(1, 3, false), InlineData(100, 1, false), InlineData(100, 3, false), InlineData(3, 100, false)]
    [InlineData(0, 3, true), InlineData(1, 3, true), InlineData(100, 1, true), InlineData(100, 3, true), InlineData(3, 10, true)]
    public void Every_piece_is_done_once_and_no_worker_does_two_at_a_time(int count, int workers, bool ownThreads)
    {
        using WorkerThreads? threads = ownThreads ? new WorkerThreads(workers) : null;
        int[] done = new int[count], busy = new int[workers];
        Workers.Share(count, workers, (worker, piece) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref busy[worker]));
            Interlocked.Increment(ref done[piece]);
            Thread.Yield();
            Interlocked.Decrement(ref busy[worker]);
        }, threads is null ? null : threads.Each);
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(1, false), InlineData(2, false), InlineData(1, true), InlineData(2, true)]
    public void What_a_piece_throws_is_thrown_as_it_is_and_no_piece_is_begun_long_after(int workers, bool ownThreads)
    {
        using WorkerThreads? threads = ownThreads ? new WorkerThreads(workers) : null;
        int begun = 0;
        var error = Assert.Throws<FormatException>(() => Workers.Share(1_000_000, workers, (_, piece) =>
        {
            Interlocked.Increment(ref begun);
            if (piece == 10)
                throw new FormatException("ten");
            Thread.Yield();
        }, threads is null ? null : threads.Each));
        Assert.Equal("ten", error.Message);
        Assert.InRange(begun, 11, 999_999);
    }
}
