namespace Bert.MLNet;

/// <summary>An input of a predictor that has been tokenized, and its result once all of its sequences are computed.</summary>
/// <remarks>
/// Created by <see cref="BertPredictor{TInput, TResult}.Prepare"/>. For one thread at a time; its sequences can be computed in different
/// batches, by different threads at the same time.
/// </remarks>
/// <typeparam name="TResult">What is predicted for the input.</typeparam>
public sealed class BertPreparedInput<TResult>
{
    private readonly Func<TResult> _result;

    internal BertPreparedInput(IReadOnlyList<BertPreparedSequence> sequences, Func<TResult> result)
    {
        Sequences = sequences;
        _result = result;
    }

    /// <summary>
    /// The sequences to compute: usually one, one for each window of a long text, one for each passage of a ranking; none if the result
    /// does not depend on the model, such as for a text without masks.
    /// </summary>
    public IReadOnlyList<BertPreparedSequence> Sequences { get; }

    /// <summary>Returns the result, which equals that of <see cref="BertPredictor{TInput, TResult}.Predict(TInput)"/> up to
    /// rounding.</summary>
    /// <exception cref="InvalidOperationException">A sequence has not been computed.</exception>
    public TResult GetResult() => Sequences.All(sequence => sequence.IsComputed) ? _result() : throw new InvalidOperationException(
        $"{Sequences.Count(sequence => !sequence.IsComputed)} of {Sequences.Count} sequences have not been computed. Pass all of them to " +
        "Compute before you read the result.");
}
