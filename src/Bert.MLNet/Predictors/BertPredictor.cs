using System.Runtime.CompilerServices;
using Bert.MLNet.Predictors;

namespace Bert.MLNet;

/// <summary>Predicts from objects without a data view: from one, from a list, or from a stream.</summary>
/// <remarks>
/// <para>
/// Created from a checkpoint by <see cref="BertPredictorCatalog"/>, such as <c>model.CreateClassifier()</c>, or from a fitted or loaded
/// transformer by its own method of the same name. It corresponds to HuggingFace's pipelines.
/// </para>
/// <para>
/// The results for a list are those of the transformer's columns for a view of the same rows, bit for bit. Other batches, such as those of
/// a stream, change them by rounding only.
/// </para>
/// <para>
/// Thread-safe: create one predictor and use it from all threads. <see cref="Dispose"/> frees the native session if the predictor was
/// created from a checkpoint, and leaves a transformer that it was created from open. Later calls fail, and calls in progress may fail.
/// </para>
/// </remarks>
/// <typeparam name="TInput">What is read at once, such as a text.</typeparam>
/// <typeparam name="TResult">What is predicted for it.</typeparam>
public sealed class BertPredictor<TInput, TResult> : IDisposable
    where TInput : class
{
    private readonly IDisposable _transformer;
    private readonly int _windowSize;
    private readonly IPrediction<TInput, TResult> _prediction;
    private bool _ownsTransformer;
    private volatile bool _disposed;

    /// <param name="transformer">The transformer whose work is done.</param>
    /// <param name="batching">How many inputs of a stream are read ahead.</param>
    /// <param name="prediction">Computes results from inputs.</param>
    internal BertPredictor(IDisposable transformer, BertBatchOptions batching, IPrediction<TInput, TResult> prediction)
    {
        _transformer = transformer;
        _windowSize = batching.WindowSize;
        _prediction = prediction;
    }

    /// <summary>Predicts from one input. Use a list for several, because they are faster together.</summary>
    /// <param name="input">The input. The calling thread computes it; other threads help if it takes several batches.</param>
    /// <exception cref="InvalidOperationException">The input cannot be computed; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The predictor or its transformer was disposed.</exception>
    public TResult Predict(TInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckNotDisposed();
        return _prediction.One(input);
    }

    /// <summary>Predicts from any number of inputs, sorted by length and computed in batches.</summary>
    /// <param name="inputs">The inputs. They are read ahead as a cursor does.</param>
    /// <param name="progress">
    /// Receives the number of texts that have been computed, which grows with each batch; for a reranker, the number of passages. Calls
    /// come from the threads that compute, one at a time. Null for none.
    /// </param>
    /// <param name="cancellationToken">Stops the work before the next input is read or the next batch is computed.</param>
    /// <returns>A result for each input, in the same order.</returns>
    /// <exception cref="ArgumentException">An input is null; the message says which.</exception>
    /// <exception cref="InvalidOperationException">An input cannot be computed; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The predictor or its transformer was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public IReadOnlyList<TResult> Predict(
        IEnumerable<TInput> inputs, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckNotDisposed();
        return [.. _prediction.Many(NotNull(inputs, 0), progress, cancellationToken)];
    }

    /// <summary>Predicts from a stream of inputs, in batches of those that have arrived.</summary>
    /// <param name="inputs">
    /// The inputs, of any number. While a batch is computed, up to <see cref="BertBatchOptions.WindowSize"/> more are read ahead, so that
    /// memory does not grow with the stream. An input is not kept waiting for others: if the source pauses, what has arrived is computed.
    /// Ending the enumeration early cancels the source's token and waits for the source to end.
    /// </param>
    /// <param name="cancellationToken">Stops the work before the next input is read or the next batch is computed.</param>
    /// <returns>A result for each input, in the same order. The work is done on the thread pool, while the results are read.</returns>
    /// <exception cref="ArgumentException">An input is null; the message says which.</exception>
    /// <exception cref="InvalidOperationException">An input cannot be computed; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The predictor or its transformer was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public IAsyncEnumerable<TResult> PredictAsync(IAsyncEnumerable<TInput> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        CheckNotDisposed();
        return StreamAsync(inputs, cancellationToken);
    }

    /// <summary>Tokenizes an input, for a scheduler that forms batches of its own, such as a server's.</summary>
    /// <param name="input">The input. The calling thread tokenizes it.</param>
    /// <returns>The sequences of tokens of the input, to be computed by <see cref="Compute"/>, and then its result.</returns>
    /// <exception cref="InvalidOperationException">The input cannot be tokenized; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The predictor or its transformer was disposed.</exception>
    public BertPreparedInput<TResult> Prepare(TInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckNotDisposed();
        return _prediction.Prepare(input);
    }

    /// <summary>Computes sequences of any inputs as one batch, on the calling thread and one core.</summary>
    /// <param name="batch">
    /// At least one sequence that this predictor prepared, in any order. All are padded to the longest, so that similar lengths are faster.
    /// </param>
    /// <remarks>Different threads can compute different batches at the same time.</remarks>
    /// <exception cref="ArgumentException">There is no sequence, or one was prepared by another predictor.</exception>
    /// <exception cref="ObjectDisposedException">The predictor or its transformer was disposed.</exception>
    public void Compute(IReadOnlyList<BertPreparedSequence> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckNotDisposed();
        _prediction.Compute(batch);
    }

    /// <summary>Frees the native session if the predictor was created from a checkpoint. A second call does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (_ownsTransformer)
            _transformer.Dispose();
    }

    /// <summary>Returns this predictor, which now disposes of its transformer.</summary>
    internal BertPredictor<TInput, TResult> Own()
    {
        _ownsTransformer = true;
        return this;
    }

    private async IAsyncEnumerable<TResult> StreamAsync(
        IAsyncEnumerable<TInput> inputs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long first = 0;
        await foreach (IReadOnlyList<TInput> window in StreamedWindows.Of(inputs, _windowSize, cancellationToken).ConfigureAwait(false))
        {
            CheckNotDisposed();
            long start = first;
            TResult[] results = await Task.Run(
                () => _prediction.Many(NotNull(window, start), null, cancellationToken).ToArray(), cancellationToken).ConfigureAwait(false);
            first += window.Count;
            foreach (TResult result in results)
                yield return result;
        }
    }

    private static IEnumerable<TInput> NotNull(IEnumerable<TInput> inputs, long first)
    {
        foreach (TInput? input in inputs)
        {
            yield return input ?? throw new ArgumentException(
                $"Input {first} is null (counted from 0). Leave it out, or pass an empty text.", nameof(inputs));
            first++;
        }
    }

    private void CheckNotDisposed()
    {
        if (_disposed)
            throw new ObjectDisposedException(
                "BertPredictor", "This predictor was disposed. Dispose it after the last use of its predictions and streams.");
    }
}
