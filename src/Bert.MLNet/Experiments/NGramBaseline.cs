using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms.Text;

namespace Bert.MLNet.Experiments;

/// <summary>The first contender of a search, n-grams with SDCA at ML.NET's defaults, as a baseline for other models.</summary>
internal sealed class NGramBaseline
{
    public const string Name = "n-grams";

    /// <summary>The start of the names that FeaturizeText gives to words and pairs of words, as opposed to parts of words.</summary>
    private const string WordPrefix = "Word.";

    private readonly ExperimentTask _task;
    private readonly ITransformer _features, _model;
    private readonly string[] _names;

    private NGramBaseline(ExperimentTask task, ITransformer features, ITransformer model, string[] names) =>
        (_task, _features, _model, _names) = (task, features, model, names);

    /// <summary>Trains on rows.</summary>
    /// <param name="task">The task, which must have contenders for vectors.</param>
    /// <param name="train">The prepared training rows.</param>
    /// <param name="count">Their number.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Cancels the training.</param>
    public static NGramBaseline Fit(ExperimentTask task, IDataView train, int count, int seed, CancellationToken cancellation)
    {
        var ml = new MLContext(seed);
        using CancellationTokenRegistration stop = cancellation.Register(ml.CancelExecution);
        ITransformer features = ml.Transforms.Text.FeaturizeText(
            VectorFeatures.Features, new TextFeaturizingEstimator.Options(), [.. task.Texts]).Fit(train);
        IDataView rows = ml.Data.Cache(features.Transform(train));
        VBuffer<ReadOnlyMemory<char>> names = default;
        rows.Schema[VectorFeatures.Features].GetSlotNames(ref names);
        VectorContender contender = task.VectorContenders([]).First();
        return new(task, features, task.Trainer(ml, contender, count).Fit(rows), [.. names.DenseValues().Select(name => name.ToString())]);
    }

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">The prepared rows.</param>
    /// <returns>The outcomes.</returns>
    public double[][] Predict(IDataView rows) => _task.Outcomes(_model.Transform(_features.Transform(rows)));

    /// <summary>The words and pairs of words with the largest weights, for each label in their order, or for the score.</summary>
    /// <param name="count">The number of words for each label.</param>
    public IReadOnlyList<IReadOnlyList<(string Words, float Weight)>> HeaviestWords(int count) =>
    [
        .. Weights().Select(weights => (IReadOnlyList<(string, float)>)
        [
            .. weights.Index().Where(weight => weight.Item > 0 && _names[weight.Index].StartsWith(WordPrefix, StringComparison.Ordinal))
                .OrderByDescending(weight => weight.Item).Take(count)
                .Select(weight => (_names[weight.Index][WordPrefix.Length..].Replace('|', ' '), weight.Item)),
        ]),
    ];

    private IEnumerable<float[]> Weights()
    {
        object parameters = ((ISingleFeaturePredictionTransformer<object>)_model).Model;
        if (parameters is LinearModelParameters linear)
            return [[.. linear.Weights]];
        VBuffer<float>[] weights = [];
        ((MaximumEntropyModelParameters)parameters).GetWeights(ref weights, out _);
        return weights.Select(label => label.DenseValues().ToArray());
    }
}
