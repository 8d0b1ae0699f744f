using Bert.MLNet.Tasks;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Tasks.TextClassification.FewShot;

public sealed class LogisticHeadTests
{
    [Theory]
    [InlineData(1.0), InlineData(0.1)]
    public void The_gradient_of_the_documented_loss_is_zero_at_what_it_fits(double l2)
    {
        const int Labels = 3, Size = 5;
        var random = new Random(2);
        float[][] vectors =
            [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, Size).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        TrainingRow[] rows = [.. vectors.Select((_, i) => new TrainingRow([], 0, i, [i % 7 % Labels], Weight: i % 2 + 0.5f))];
        (float[] weights, float[] bias) = LogisticHead.Fit(vectors, rows, Labels, l2);

        double[] weightGradient = [.. weights.Select(weight => l2 * weight)], biasGradient = new double[Labels];
        foreach ((float[] vector, TrainingRow row) in vectors.Zip(rows))
        {
            double[] exp = [.. Enumerable.Range(0, Labels).Select(label =>
                Math.Exp(bias[label] + vector.Select((value, i) => (double)value * weights[label * Size + i]).Sum()))];
            for (int label = 0; label < Labels; label++)
            {
                double error = row.Weight * (exp[label] / exp.Sum() - (label == (int)row.Targets[0] ? 1 : 0));
                biasGradient[label] += error;
                for (int i = 0; i < Size; i++)
                    weightGradient[label * Size + i] += error * vector[i];
            }
        }
        Assert.All(weightGradient.Concat(biasGradient), value => Assert.Equal(0, value, 0.02));
    }
}
