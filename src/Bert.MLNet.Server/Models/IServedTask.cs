namespace Bert.MLNet.Server.Models;

/// <summary>A task of a model, such as computing the vectors of texts. Thread-safe.</summary>
internal interface IServedTask<TInput, TResult>
{
    /// <summary>Computes inputs in batches with those of other requests.</summary>
    /// <param name="inputs">At least one input.</param>
    /// <param name="field">The field of the request that has the inputs, for error messages.</param>
    /// <param name="truncate">Whether a text that is too long is truncated; otherwise it is refused.</param>
    /// <param name="cancellationToken">Takes inputs that still wait from the queue.</param>
    /// <exception cref="Requests.RequestException">An input is too long, or not valid for the model.</exception>
    /// <exception cref="Scheduling.QueueFullException">The queue is full.</exception>
    Task<TaskAnswer<TResult>> RunAsync(
        IReadOnlyList<TInput> inputs, string field, bool truncate, CancellationToken cancellationToken);
}

/// <summary>The results of a request.</summary>
/// <param name="Results">A result for each input, in the same order.</param>
/// <param name="Tokens">The number of tokens that were computed, including special tokens.</param>
internal sealed record TaskAnswer<TResult>(IReadOnlyList<TResult> Results, long Tokens);
