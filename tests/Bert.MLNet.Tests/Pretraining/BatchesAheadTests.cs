using Bert.MLNet.Pretraining;

namespace Bert.MLNet.Tests.Training;

public class BatchesAheadTests
{
    [Fact]
    public void Each_batch_is_made_once_when_it_was_begun_ahead_and_is_the_one_that_was_asked_for()
    {
        var made = new List<int>();
        var ahead = new BatchesAhead<int, string>(Make);
        Assert.Equal(["batch 0", "batch 1", "batch 2", "batch 3"],
            Enumerable.Range(0, 4).Select(i => ahead.Take(i, Enumerable.Range(i + 1, 2))));
        ahead.Take(4, [5]);
        ahead.Take(5, []);
        Assert.Equal([0, 1, 2, 3, 4, 5], made.Order());

        string Make(int key)
        {
            lock (made)
                made.Add(key);
            return $"batch {key}";
        }
    }

    [Fact]
    public void What_was_begun_for_nothing_is_forgotten_and_made_anew_when_it_is_wanted_after_all()
    {
        int calls = 0;
        var ahead = new BatchesAhead<(int Number, int Length), int>(key =>
        {
            if (key == (1, 64))
                Interlocked.Increment(ref calls);
            return key.Number * key.Length;
        });
        ahead.Take((0, 64), [(1, 64)]);
        Patience.Until(() => Volatile.Read(ref calls) == 1);
        Assert.Equal(512, ahead.Take((1, 512), [(2, 512)]));
        Assert.Equal(64, ahead.Take((1, 64), []));
        Assert.Equal(2, calls);
    }

    [Fact]
    public void A_batch_that_cannot_be_made_fails_when_it_is_asked_for()
    {
        var ahead = new BatchesAhead<int, int>(key => key == 1 ? throw new InvalidOperationException("too short") : key);
        Assert.Equal(0, ahead.Take(0, [1]));
        Assert.Equal("too short", Assert.Throws<InvalidOperationException>(() => ahead.Take(1, [])).Message);
    }
}
