using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Integrated gradients (Sundararajan, Taly and Yan, 2017, arXiv:1703.01365): the share of each token in the difference between the score
/// of the tokens and that of a baseline. For a token, it is Σ (x − b) · ∫ ∂score / ∂x, where x and b are the outputs of the embeddings
/// for the tokens and the baseline, and the integral follows the straight line from b to x. Thread-safe; computes for one caller at a
/// time.
/// </summary>
internal sealed class IntegratedGradients : IDisposable
{
    /// <summary>The maximum number of tokens that are computed at once.</summary>
    private const int Tokens = 1024;

    private readonly Lock _lock = new();
    private readonly TrainableModule _module;
    private readonly EncoderModule _encoder;
    private readonly Func<PaddedBatch[], Tensor> _scores;
    private readonly double[] _points, _weights;
    private bool _isDisposed;

    private IntegratedGradients(
        TrainableModule module, EncoderModule encoder, BertModel model, int steps, Func<PaddedBatch[], Tensor> scores)
    {
        (_module, _encoder, _scores) = (module, encoder, scores);
        (_points, _weights) = GaussLegendre.Rule(steps);
        try
        {
            module.Load(model.Weights!, name => name.StartsWith(SentenceEncoder.LayerPrefix, StringComparison.Ordinal));
            module.eval();
            foreach ((_, Parameter parameter) in module.State())
                parameter.requires_grad = false;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens the gradients of a classifier's logits, for one sequence.</summary>
    /// <param name="model">A checkpoint with float weights and a classification head.</param>
    /// <param name="steps">The number of points at which gradients are computed.</param>
    /// <exception cref="DllNotFoundException">The application does not include libtorch.</exception>
    public static IntegratedGradients OfLogits(BertModel model, int steps)
    {
        TorchRuntime.EnsureLoaded();
        var module = InitialWeights.Unread(() => new BertForSequenceClassification(model.Config));
        return new(module, module.Bert, model, steps, batches => module.Forward(batches[0]));
    }

    /// <summary>Opens the gradients of the cosine of two sequences' vectors.</summary>
    /// <param name="model">A checkpoint with float weights.</param>
    /// <param name="dimension">The number of values of a vector that are compared, from the first.</param>
    /// <param name="steps">The number of points at which gradients are computed.</param>
    /// <exception cref="DllNotFoundException">The application does not include libtorch.</exception>
    public static IntegratedGradients OfCosine(BertModel model, int dimension, int steps)
    {
        TorchRuntime.EnsureLoaded();
        var module = InitialWeights.Unread(() => new SentenceEncoder(model.Config, model.Sentence));
        return new(module, module.Bert!, model, steps, batches =>
            nn.functional.cosine_similarity(Vectors(batches[0]), Vectors(batches[1])).unsqueeze(1));

        Tensor Vectors(PaddedBatch batch) => module.Forward(batch).narrow(1, 0, dimension);
    }

    /// <summary>Opens the gradients of the values of a sequence's vector, such as the logits of a few-shot classifier.</summary>
    /// <param name="model">A checkpoint with float weights.</param>
    /// <param name="steps">The number of points at which gradients are computed.</param>
    /// <exception cref="DllNotFoundException">The application does not include libtorch.</exception>
    public static IntegratedGradients OfVector(BertModel model, int steps)
    {
        TorchRuntime.EnsureLoaded();
        var module = InitialWeights.Unread(() => new SentenceEncoder(model.Config, model.Sentence));
        return new(module, module.Bert!, model, steps, batches => module.Forward(batches[0]));
    }

    /// <summary>Computes the scores of a row: a logit for each label, or one cosine.</summary>
    /// <param name="sequences">The sequences of the row.</param>
    /// <exception cref="ObjectDisposedException">This object was disposed.</exception>
    public float[] Scores(EncodedRow[] sequences)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            return _scores([.. sequences.Select(sequence => new PaddedBatch([sequence]))]).Values().ToArray();
        }
    }

    /// <summary>Computes the share of each token of each sequence in the difference of a score from that of a baseline.</summary>
    /// <param name="sequences">The sequences of a row.</param>
    /// <param name="baselines">The baseline of each, of the same length. All sequences leave their baselines at the same time.</param>
    /// <param name="score">The index of the score.</param>
    /// <exception cref="ObjectDisposedException">This object was disposed.</exception>
    public double[][] Shares(EncodedRow[] sequences, EncodedRow[] baselines, int score)
    {
        double[][] shares = [.. sequences.Select(sequence => new double[sequence.Length])];
        int most = Math.Max(1, Tokens / sequences.Sum(sequence => sequence.Length));
        for (int start = 0; start < _points.Length; start += most)
        {
            Range steps = start..Math.Min(start + most, _points.Length);
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                Add(sequences, baselines, score, _points[steps], _weights[steps], shares);
            }
        }
        return shares;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _module.Dispose();
        }
    }

    private void Add(EncodedRow[] sequences, EncodedRow[] baselines, int score, double[] points, double[] weights, double[][] shares)
    {
        using DisposeScope scope = NewDisposeScope();
        Line[] lines = [.. sequences.Zip(baselines, (sequence, baseline) => new Line(_encoder, sequence, baseline, points))];
        Tensor scores = _scores([.. lines.Select(line => line.Batch)]).select(1, score);
        (scores * tensor([.. weights.Select(weight => (float)weight)])).sum().backward();
        for (int i = 0; i < lines.Length; i++)
            lines[i].AddTo(shares[i]);
    }

    /// <summary>Points on the line from a sequence's baseline to the sequence, as the rows of a batch.</summary>
    private sealed class Line
    {
        private readonly int _length;
        private readonly Tensor _difference;

        public Line(EncoderModule encoder, EncodedRow sequence, EncodedRow baseline, double[] points)
        {
            _length = sequence.Length;
            EncodedRow[] rows = [.. Enumerable.Repeat(sequence, points.Length)];
            using (no_grad())
            {
                Tensor from = encoder.Embeddings(new PaddedBatch([.. Enumerable.Repeat(baseline, points.Length)]));
                _difference = encoder.Embeddings(new PaddedBatch(rows)) - from;
                // Tokens that fill up the size are never read.
                float[] places = new float[from.shape[0]];
                for (int i = 0; i < points.Length * _length; i++)
                    places[i] = (float)points[i / _length];
                Batch = new PaddedBatch(rows) { Embeddings = from.Plus(_difference * tensor(places, places.Length, 1)) };
            }
            Batch.Embeddings.requires_grad = true;
        }

        public PaddedBatch Batch { get; }

        /// <summary>Adds the shares of the tokens, whose gradients have the weights of the points.</summary>
        public void AddTo(double[] shares)
        {
            ReadOnlySpan<float> products = (Batch.Embeddings!.grad! * _difference).sum(1).Values();
            for (int i = 0; i < Batch.Tokens; i++)
                shares[i % _length] += products[i];
        }
    }
}
