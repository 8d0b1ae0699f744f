namespace Bert.MLNet.Server.Scheduling;

/// <summary>What a worker computes in a batch with others, such as a sequence of tokens.</summary>
internal interface IQueueItem
{
    /// <summary>The length in tokens. A batch is padded to its longest item.</summary>
    int Length { get; }
}
