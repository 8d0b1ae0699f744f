using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet.Server.Models;

/// <summary>A tokenized sequence in the queue.</summary>
internal sealed record PreparedItem(BertPreparedSequence Sequence) : IQueueItem
{
    public int Length => Sequence.Length;
}
