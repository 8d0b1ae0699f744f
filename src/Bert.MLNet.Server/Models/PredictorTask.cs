using System.Diagnostics;
using Bert.MLNet.Server.Requests;
using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet.Server.Models;

/// <summary>A task that a predictor computes: tokenized on the caller's thread, batched by the scheduler. Thread-safe.</summary>
/// <param name="lane">What the scheduler knows of the task. It computes by the same predictor.</param>
/// <param name="predictor">The predictor.</param>
/// <param name="limit">How many tokens of an input are read, or null if inputs of any length are read.</param>
/// <param name="resultOf">Returns a result from what the predictor returns.</param>
/// <param name="engine">What all tasks share.</param>
internal sealed class PredictorTask<TInput, TPredicted, TResult>(
    Lane lane, BertPredictor<TInput, TPredicted> predictor, TokenLimit<TInput>? limit, Func<TPredicted, TResult> resultOf,
    TaskEngine engine) : IServedTask<TInput, TResult>
    where TInput : class
{
    public async Task<TaskAnswer<TResult>> RunAsync(
        IReadOnlyList<TInput> inputs, string field, bool truncate, CancellationToken cancellationToken)
    {
        long start = engine.Clock.GetTimestamp();
        var prepared = new BertPreparedInput<TPredicted>[inputs.Count];
        using (Activity? tokenize = BertServerTelemetry.Source.StartActivity("tokenize"))
        {
            for (int i = 0; i < prepared.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                prepared[i] = Prepare(inputs[i], field, i);
                if (!truncate)
                    limit?.Check(inputs[i], prepared[i].Sequences, field, i);
            }
        }
        engine.Metrics.Tokenized(lane, engine.Clock.GetElapsedTime(start));
        PreparedItem[] items = [.. prepared.SelectMany(input => input.Sequences).Select(sequence => new PreparedItem(sequence))];
        await engine.RunAsync(lane, items, cancellationToken).ConfigureAwait(false);
        return new([.. prepared.Select(input => resultOf(input.GetResult()))], items.Sum(item => (long)item.Length));
    }

    private BertPreparedInput<TPredicted> Prepare(TInput input, string field, int index)
    {
        try
        {
            return predictor.Prepare(input);
        }
        catch (InvalidOperationException refused) when (refused is not ObjectDisposedException)
        {
            throw RequestException.Invalid(field, $"Text {index} of '{field}': {refused.Message}");
        }
    }
}
