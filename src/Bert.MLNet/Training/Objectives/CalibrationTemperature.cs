using System.Numerics.Tensors;

namespace Bert.MLNet.Training;

/// <summary>
/// The number that logits are divided by so that their probabilities have the smallest log-loss on given rows (Guo et al., 2017, "On
/// Calibration of Modern Neural Networks", arXiv:1706.04599). Trained networks are too sure of themselves, so it is at least 1.
/// </summary>
internal static class CalibrationTemperature
{
    /// <summary>The highest temperature; with it, all labels have nearly the same probability.</summary>
    public const double Highest = 100;

    private const int Halvings = 50;

    /// <summary>Returns the temperature for rows with one label each.</summary>
    /// <param name="rows">The numbers of their labels, and their logits, or the logarithms of their probabilities.</param>
    public static double OfLabel(IReadOnlyList<(int Label, float[] Logits)> rows) => Of(rows, (label, logits, factor) =>
    {
        float[] probabilities = Divided(logits, 1 / factor);
        return TensorPrimitives.Dot<float>(probabilities, logits) - logits[label];
    });

    /// <summary>Returns the probabilities of labels, one of which is right, after dividing their logits.</summary>
    public static float[] Divided(float[] logits, double temperature)
    {
        float[] probabilities = new float[logits.Length];
        TensorPrimitives.Multiply(logits, (float)(1 / temperature), probabilities);
        TensorPrimitives.SoftMax(probabilities, probabilities);
        return probabilities;
    }

    /// <summary>Returns the temperature for rows with any number of labels, whose targets are 0 or 1.</summary>
    public static double OfLabels(IReadOnlyList<(TrainingRow Row, float[] Logits)> rows) => Of(rows, (row, logits, factor) =>
    {
        float[] probabilities = new float[logits.Length];
        TensorPrimitives.Multiply(logits, (float)factor, probabilities);
        TensorPrimitives.Sigmoid(probabilities, probabilities);
        TensorPrimitives.Subtract(probabilities, row.Targets, probabilities);
        return TensorPrimitives.Dot<float>(probabilities, logits);
    });

    /// <param name="rows">The labels of the rows, and their logits.</param>
    /// <param name="slope">The derivative of a row's log-loss with respect to the factor that its logits are multiplied by.</param>
    private static double Of<TLabels>(
        IReadOnlyList<(TLabels Labels, float[] Logits)> rows, Func<TLabels, float[], double, double> slope)
    {
        // The loss is a convex function of the factor, so its derivative changes its sign only once.
        (double low, double high) = (1 / Highest, 1);
        if (Rises(low) || !Rises(high))
            return Rises(low) ? Highest : 1;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Rises(middle) ? (low, middle) : (middle, high);
        }
        return 1 / low;

        bool Rises(double factor) => rows.Sum(row => slope(row.Labels, row.Logits, factor)) > 0;
    }
}
