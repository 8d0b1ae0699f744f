namespace Bert.MLNet.Server.Scheduling;

/// <summary>Thrown for a request that does not fit the queue.</summary>
/// <param name="retryAfter">The time after which the queue is expected to be shorter.</param>
internal sealed class QueueFullException(TimeSpan retryAfter) : Exception("The server has too many requests. Try again later.")
{
    public TimeSpan RetryAfter => retryAfter;
}
