using System.Runtime.ExceptionServices;

namespace Bert.MLNet.DataViews;

/// <summary>Pieces of work for several threads.</summary>
internal static class Workers
{
    /// <summary>
    /// Does pieces of work, each on whichever worker is free: <see cref="Parallel"/> alone hands them out in blocks, and a thread that has the last block lets the others wait.
    /// </summary>
    /// <param name="count">How many pieces there are.</param>
    /// <param name="workers">How many may be done at the same time. One worker works on the calling thread.</param>
    /// <param name="work">Does a piece; it is told the worker, of whom each does one piece at a time, and the piece, both from 0. What it throws ends the work, and is thrown here.</param>
    /// <param name="each">Has so many workers do something at the same time, each told its number. Default: threads of the pool.</param>
    public static void Share(int count, int workers, Action<int, int> work, Action<int, Action<int>>? each = null)
    {
        workers = Math.Min(count, workers);
        if (workers <= 1)
        {
            for (int i = 0; i < count; i++)
                work(0, i);
            return;
        }
        int next = -1;
        (each ?? OnPool)(workers, worker =>
        {
            try
            {
                for (int i; (i = Interlocked.Increment(ref next)) < count;)
                    work(worker, i);
            }
            catch
            {
                Interlocked.Exchange(ref next, count);
                throw;
            }
        });
    }

    /// <summary>Calls what may throw several errors at once, and throws the first as it is.</summary>
    public static void Unwrap(Action work)
    {
        try
        {
            work();
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static void OnPool(int workers, Action<int> work) => Unwrap(() => Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, work));
}
