using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Tasks;

/// <summary>Fits a multinomial logistic regression to vectors, with ML.NET's LBFGS on one thread, which is deterministic.</summary>
internal static class LogisticHead
{
    /// <summary>Fits the regression.</summary>
    /// <param name="vectors">The vectors of the rows.</param>
    /// <param name="rows">The rows, whose targets are the numbers of their labels.</param>
    /// <param name="labels">The number of labels.</param>
    /// <param name="l2">The L2 regularization of the weights, but not of the bias.</param>
    /// <returns>The weights, [labels × values of a vector], and the bias, [labels].</returns>
    public static (float[] Weights, float[] Bias) Fit(
        IReadOnlyList<float[]> vectors, IReadOnlyList<TrainingRow> rows, int labels, double l2)
    {
        var ml = new MLContext(seed: 0);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, vectors[0].Length);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), labels);
        IDataView data = ml.Data.LoadFromEnumerable(vectors.Zip(rows, (vector, row) => new Row
        {
            Features = vector,
            Label = (uint)row.Targets[0], // numbers of .NET that become keys count from 0
            Weight = row.Weight,
        }).ToArray(), schema);
        MaximumEntropyModelParameters fitted = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                ExampleWeightColumnName = nameof(Row.Weight),
                L1Regularization = 0,
                L2Regularization = (float)l2,
                NumberOfThreads = 1,
            }).Fit(data).Model;
        VBuffer<float>[]? weights = null;
        fitted.GetWeights(ref weights, out _);
        return ([.. weights.SelectMany(label => label.DenseValues())], [.. fitted.GetBiases()]);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }

        public float Weight { get; set; }
    }
}
