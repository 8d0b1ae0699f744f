using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class InitialWeightsTests
{
    public InitialWeightsTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Weights_are_drawn_around_zero_with_the_deviation_and_by_the_seed()
    {
        torch.manual_seed(3);
        using torch.Tensor weights = InitialWeights.Normal(0.02, 300, 200), others = InitialWeights.Normal(0.02, 300, 200);
        torch.manual_seed(3);
        using torch.Tensor again = InitialWeights.Normal(0.02, 300, 200);
        float[] values = weights.Values().ToArray();
        Assert.Equal(values, again.Values().ToArray());
        Assert.NotEqual(values, others.Values().ToArray());
        Assert.Equal(0, values.Average(), 5 * 0.02 / Math.Sqrt(values.Length));
        Assert.Equal(0.02, Math.Sqrt(values.Average(value => (double)value * value)), 0.0005);
    }

    [Fact]
    public void What_nobody_reads_is_not_drawn_and_what_comes_after_it_is()
    {
        torch.manual_seed(3);
        using torch.Tensor expected = InitialWeights.Normal(1, 100);
        torch.manual_seed(3);
        using torch.Tensor unread = InitialWeights.Unread(() => InitialWeights.Normal(1, 300, 200));
        Assert.Throws<FormatException>(() => InitialWeights.Unread<torch.Tensor>(() => throw new FormatException()));
        using torch.Tensor drawn = InitialWeights.Normal(1, 100);
        Assert.Equal([300, 200], unread.shape);
        Assert.Equal(expected.Values().ToArray(), drawn.Values().ToArray());
    }
}
