using Bert.MLNet.Models;

namespace Bert.MLNet.Tests;

/// <summary>A chain of modules after the pooling with seeded weights.</summary>
internal static class SentenceModules
{
    /// <summary>
    /// The mean and the last token, then a layer with tanh to 9 values, LayerNorm, Normalize, a layer without bias to 5 values, Normalize.
    /// </summary>
    public static BertSentenceOptions Options(int hidden) => new()
    {
        Pooling = BertPooling.Mean | BertPooling.LastToken,
        Layers =
        [
            new DenseLayer("torch.nn.modules.activation.Tanh", Tensor("linear.weight", 1, 9, 2 * hidden), Tensor("linear.bias", 2, 9)),
            new LayerNormLayer(Tensor("norm.weight", 3, 9), Tensor("norm.bias", 4, 9)),
            new NormalizeLayer(),
            new DenseLayer("torch.nn.modules.linear.Identity", Tensor("linear.weight", 5, 5, 9), null),
        ],
        Normalize = true,
    };

    /// <summary>The vector that the modules make of a pooled vector, as loops over doubles.</summary>
    public static double[] Expected(double[] pooled)
    {
        double[] vector = [.. Linear(pooled, Values(1, 9 * pooled.Length), Values(2, 9)).Select(Math.Tanh)];
        double mean = vector.Average(), variance = vector.Average(x => (x - mean) * (x - mean));
        float[] weight = Values(3, 9), bias = Values(4, 9);
        vector = [.. vector.Select((x, i) => (x - mean) / Math.Sqrt(variance + 1e-5) * weight[i] + bias[i])];
        return Unit(Linear(Unit(vector), Values(5, 45), new float[5]));
    }

    private static double[] Unit(double[] vector) => [.. vector.Select(x => x / Math.Sqrt(vector.Sum(y => y * y)))];

    private static double[] Linear(double[] x, float[] weight, float[] bias) =>
        [.. bias.Select((b, row) => b + x.Select((value, column) => value * weight[row * x.Length + column]).Sum())];

    private static BertTensor Tensor(string name, int seed, params int[] shape) =>
        BertTensor.Create(name, shape, Values(seed, shape.Aggregate(1, (product, size) => product * size)));

    private static float[] Values(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.4f)];
    }
}
