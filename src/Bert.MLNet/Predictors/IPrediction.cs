namespace Bert.MLNet.Predictors;

/// <summary>How a predictor computes results from inputs. Thread-safe.</summary>
internal interface IPrediction<TInput, TResult>
{
    /// <summary>Computes the result of one input.</summary>
    TResult One(TInput input);

    /// <summary>Computes inputs in batches and returns their results in order.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="progress">Receives the number of computed rows after each batch; null for none.</param>
    /// <param name="cancellationToken">Stops the work before the next row is read or the next batch is computed.</param>
    IEnumerable<TResult> Many(IEnumerable<TInput> inputs, IProgress<int>? progress, CancellationToken cancellationToken);

    /// <summary>Tokenizes an input.</summary>
    BertPreparedInput<TResult> Prepare(TInput input);

    /// <summary>Computes tokenized sequences of any inputs as one batch.</summary>
    void Compute(IReadOnlyList<BertPreparedSequence> batch);
}
