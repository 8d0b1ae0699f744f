using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tests.DataViews;

public class WorkersTests
{
    [Theory]
    [InlineData(0, 3), InlineData(1, 3), InlineData(100, 1), InlineData(100, 3), InlineData(3, 100)]
    public void Every_piece_is_done_once_and_no_worker_does_two_at_a_time(int count, int workers)
    {
        int[] done = new int[count], busy = new int[workers];
        Workers.Share(count, workers, (worker, piece) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref busy[worker]));
            Interlocked.Increment(ref done[piece]);
            Thread.Yield();
            Interlocked.Decrement(ref busy[worker]);
        });
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void What_a_piece_throws_is_thrown_as_it_is_and_no_piece_is_begun_long_after(int workers)
    {
        int begun = 0;
        var error = Assert.Throws<FormatException>(() => Workers.Share(1_000_000, workers, (_, piece) =>
        {
            Interlocked.Increment(ref begun);
            if (piece == 10)
                throw new FormatException("ten");
            Thread.Yield();
        }));
        Assert.Equal("ten", error.Message);
        Assert.InRange(begun, 11, 999_999);
    }
}
