using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Bert.MLNet.Predictors;

/// <summary>Cuts a stream into windows of what has arrived.</summary>
internal static class StreamedWindows
{
    /// <summary>
    /// Returns the items of a stream in order. A window has the items that arrived while the previous one was in use: at least one, and at
    /// most a given number. As many are read ahead.
    /// </summary>
    /// <param name="source">The stream. It is read on the thread pool.</param>
    /// <param name="size">The maximum number of items in a window.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<IReadOnlyList<T>> Of<T>(
        IAsyncEnumerable<T> source, int size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arrived = Channel.CreateBounded<T>(new BoundedChannelOptions(size) { SingleReader = true, SingleWriter = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = Task.Run(() => ReadAsync(source, arrived.Writer, end.Token), CancellationToken.None);
        try
        {
            while (await arrived.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var window = new List<T>();
                while (window.Count < size && arrived.Reader.TryRead(out T? item))
                    window.Add(item);
                yield return window;
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    /// <summary>Reads a stream to its end. Its failure reaches the reader after the items before it.</summary>
    private static async Task ReadAsync<T>(IAsyncEnumerable<T> source, ChannelWriter<T> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (T item in source.WithCancellation(cancellationToken).ConfigureAwait(false))
                await writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception failure)
        {
            writer.Complete(failure);
        }
    }
}
