using System.Collections.Concurrent;
using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>
/// Threads that share work and stay the same. The C library and libtorch keep memory and compiled products for each thread that has ever computed:
/// a training on whichever threads a pool has would keep them several times. The first worker is the thread that asks.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly BlockingCollection<Task>[] _others;

    /// <param name="count">How many threads, the one that asks included.</param>
    public WorkerThreads(int count)
    {
        _others = [.. Enumerable.Range(1, count - 1).Select(_ => new BlockingCollection<Task>())];
        try
        {
            foreach (BlockingCollection<Task> tasks in _others)
                new Thread(() => Work(tasks)) { IsBackground = true, Name = "Training" }.Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Has each of the first workers do something at the same time.</summary>
    /// <param name="workers">How many of them.</param>
    /// <param name="work">What the worker of this number, from 0, does. What it throws is thrown here once all have ended.</param>
    public void Each(int workers, Action<int> work)
    {
        Task[] tasks = [.. Enumerable.Range(0, workers).Select(worker => new Task(() => work(worker)))];
        for (int worker = 1; worker < workers; worker++)
            _others[worker - 1].Add(tasks[worker]);
        if (workers > 0)
            tasks[0].RunSynchronously();
        Workers.Unwrap(() => Task.WaitAll(tasks));
    }

    private static void Work(BlockingCollection<Task> tasks)
    {
        foreach (Task task in tasks.GetConsumingEnumerable())
            task.RunSynchronously();
        tasks.Dispose();
    }

    public void Dispose()
    {
        foreach (BlockingCollection<Task> tasks in _others)
            tasks.CompleteAdding();
    }
}
