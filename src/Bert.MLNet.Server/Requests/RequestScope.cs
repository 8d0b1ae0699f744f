using Bert.MLNet.Server.Models;

namespace Bert.MLNet.Server.Requests;

/// <summary>What the handler of a request works with.</summary>
/// <param name="Models">The models.</param>
/// <param name="Options">The limits.</param>
/// <param name="CancellationToken">Ends the work when the client has gone or the time is over.</param>
internal sealed record RequestScope(ModelRegistry Models, BertServerOptions Options, CancellationToken CancellationToken)
{
    /// <summary>Returns the number of texts after checking it.</summary>
    /// <exception cref="RequestException">There are no texts, or too many.</exception>
    public void CheckCount(int texts, string field)
    {
        if (texts == 0)
            throw RequestException.Empty(field);
        if (texts > Options.MaxTexts)
            throw RequestException.TooLarge(
                $"The request has {texts} texts, but this server reads at most {Options.MaxTexts} at once. Send several requests.", field);
    }

    /// <summary>Computes a task with the limits of this request.</summary>
    public Task<TaskAnswer<TResult>> RunAsync<TInput, TResult>(
        IServedTask<TInput, TResult> task, IReadOnlyList<TInput> inputs, string field, bool? truncate = null)
    {
        CheckCount(inputs.Count, field);
        return task.RunAsync(inputs, field, truncate ?? Options.TruncateLongTexts, CancellationToken);
    }
}
