using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

public class DropoutExtensionTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 1e-6), InlineData(ScalarType.BFloat16, 4e-3)]
    public void A_quarter_is_dropped_the_rest_is_scaled_and_gradients_likewise(ScalarType type, double tolerance)
    {
        TorchRuntime.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        BatchChance.Seed(3);
        Tensor x = ones([100, 300], dtype: type, requires_grad: true);
        Tensor y = x.Dropout(0.25, training: true);
        y.sum().backward();
        Assert.Equal(type, y.dtype);
        float[] values = Floats(y);
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - 4.0 / 3) < tolerance * 4 / 3, $"{value}"));
        Assert.InRange(values.Average(value => value == 0 ? 1.0 : 0), 0.25 - 6 * Math.Sqrt(0.25 * 0.75 / values.Length), 0.25 +
            6 * Math.Sqrt(0.25 * 0.75 / values.Length));
        Assert.Equal(values, Floats(x.grad!));
        Assert.NotEqual(values, Floats(x.Dropout(0.25, training: true)));
    }

    [Theory]
    [InlineData(0.25, false), InlineData(0, true)]
    public void Where_there_is_none_nothing_is_computed(double probability, bool training)
    {
        TorchRuntime.EnsureLoaded();
        using Tensor x = ones(3);
        Assert.Same(x, x.Dropout(probability, training));
    }

    private static float[] Floats(Tensor x) => x.detach().to(ScalarType.Float32).data<float>().ToArray();
}
