namespace Bert.MLNet.Server.Scheduling;

/// <summary>The limits of the queue.</summary>
/// <param name="TokenBudget">The number of tokens in a batch, padding included.</param>
/// <param name="MaxDelay">The time that a batch below the budget waits for more sequences.</param>
/// <param name="Length">The number of sequences that may wait.</param>
internal sealed record QueueOptions(int TokenBudget, TimeSpan MaxDelay, int Length);
