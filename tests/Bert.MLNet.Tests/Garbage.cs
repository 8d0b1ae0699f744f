namespace Bert.MLNet.Tests;

/// <summary>Counts what a piece of work allocates.</summary>
internal static class Garbage
{
    /// <summary>
    /// Returns the smallest number of bytes that runs allocated on this thread, of several measurements: a collection that other tests
    /// cause empties the pools of arrays, and the next run fills them again.
    /// </summary>
    public static long Of(int runs, Action work)
    {
        long least = long.MaxValue;
        for (int measurement = 0; measurement < 5 && least > 0; measurement++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < runs; i++)
                work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
