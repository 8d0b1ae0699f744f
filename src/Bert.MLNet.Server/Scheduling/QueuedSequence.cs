namespace Bert.MLNet.Server.Scheduling;

/// <summary>A sequence that waits for a worker.</summary>
/// <param name="Job">The request that it is part of.</param>
/// <param name="Item">What is computed.</param>
/// <param name="Turn">When it is due, in the virtual time of its lane. The smallest is computed first.</param>
/// <param name="Order">Its number among all sequences of the queue, for equal turns.</param>
/// <param name="Enqueued">The time stamp of its arrival.</param>
internal sealed record QueuedSequence(SequenceJob Job, IQueueItem Item, double Turn, long Order, long Enqueued)
{
    /// <summary>The order in which sequences are due.</summary>
    public static IComparer<QueuedSequence> ByTurn { get; } = Comparer<QueuedSequence>.Create((first, second) =>
        first.Turn.CompareTo(second.Turn) is not 0 and int turns ? turns : first.Order.CompareTo(second.Order));

    /// <summary>The number of tokens. Static embeddings of an empty text have none, but take their place in a batch.</summary>
    public int Length { get; } = Math.Max(1, Item.Length);

    // Each is itself: records compare by value, and a batch of hundreds would compare jobs.
    public bool Equals(QueuedSequence? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Order.GetHashCode();
}
