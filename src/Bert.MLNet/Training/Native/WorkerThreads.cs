using System.Collections.Concurrent;
using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>
/// A fixed set of threads that share work. The C library and libtorch keep memory and compiled products for each thread that has
/// ever computed, so a training on the changing threads of a pool would keep them several times. The first worker is the calling
/// thread.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly BlockingCollection<Task>[] _others;

    /// <param name="count">The number of threads, including the calling thread.</param>
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

    /// <summary>Runs an action on each of the first workers at the same time.</summary>
    /// <param name="workers">The number of workers.</param>
    /// <param name="work">
    /// Receives the number of the worker, from 0. An exception that it throws is rethrown here once all workers have ended.
    /// </param>
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
