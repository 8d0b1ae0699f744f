using System.Runtime.ExceptionServices;

namespace Bert.MLNet.DataViews;

/// <summary>Distributes work over several threads.</summary>
internal static class Workers
{
    /// <summary>
    /// Runs pieces of work, each on the next free worker. <see cref="Parallel"/> alone distributes pieces in blocks, so that all
    /// threads wait for the one with the last block.
    /// </summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="workers">The number of pieces that run at the same time. A single worker runs on the calling thread.</param>
    /// <param name="work">
    /// Runs a piece. Receives the number of the worker and that of the piece, both from 0; a worker runs one piece at a time. An
    /// exception that it throws ends the work and is rethrown here.
    /// </param>
    /// <param name="each">
    /// Runs an action on a number of workers at the same time, passing each its number. Default: threads of the pool.
    /// </param>
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

    /// <summary>Runs an action that can throw an <see cref="AggregateException"/>, and rethrows its first exception.</summary>
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

    private static void OnPool(int workers, Action<int> work) =>
        Unwrap(() => Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, work));
}
