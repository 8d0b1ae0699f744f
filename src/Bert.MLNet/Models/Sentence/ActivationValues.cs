using System.Numerics.Tensors;

namespace Bert.MLNet.Models;

/// <summary>Computes the activation functions of <see cref="BertActivation"/> for the values of a vector.</summary>
internal static class ActivationValues
{
    /// <summary>The argument from which on erf is 1 in double precision.</summary>
    private const double LargestArgument = 6;

    public static void Apply(this BertActivation activation, Span<float> values)
    {
        switch (activation)
        {
            case BertActivation.Relu:
                TensorPrimitives.Max(values, 0, values);
                break;
            case BertActivation.Tanh:
                TensorPrimitives.Tanh(values, values);
                break;
            case BertActivation.Sigmoid:
                TensorPrimitives.Sigmoid(values, values);
                break;
            default:
                foreach (ref float value in values)
                    value = (float)Of(activation, value);
                break;
        }
    }

    private static double Of(BertActivation activation, double x) => activation switch
    {
        BertActivation.Gelu => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
        BertActivation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        BertActivation.QuickGelu => x / (1 + Math.Exp(-1.702 * x)),
        BertActivation.Silu => x / (1 + Math.Exp(-x)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>
    /// Computes the error function by the series 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), whose terms all have one sign (DLMF 7.6.2).
    /// </summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) >= LargestArgument)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
            sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
