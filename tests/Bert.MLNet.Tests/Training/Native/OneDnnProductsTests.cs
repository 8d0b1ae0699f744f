using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public sealed class OneDnnProductsTests
{
    private const int Rows = 160, Inputs = 96, Outputs = 224;

    public OneDnnProductsTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("globalContext"), InlineData("float32Precision"), InlineData("setFloat32Precision")]
    public void A_libtorch_that_has_not_every_part_of_the_switch_is_left_as_it_is(string missing)
    {
        Assert.Null(OneDnnProducts.Find(name => name.Contains(missing, StringComparison.Ordinal)
            ? TorchRuntime.TryGetExport(name + "NotThere")
            : TorchRuntime.TryGetExport(name)));
        Assert.Equal(0, TorchRuntime.TryGetExport("NotThere"));
    }

    [Fact]
    public void Products_and_their_gradients_are_single_precision_on_either_way()
    {
        using (OneDnnProducts.Use())
            CheckProducts();
        CheckProducts();
    }

    [Fact]
    public void The_switch_is_on_until_the_last_has_finished()
    {
        Assert.SkipUnless(OneDnnProducts.AreAvailable, "libtorch or this processor has no such way.");
        OneDnnProducts products = OneDnnProducts.Find(TorchRuntime.TryGetExport)!;
        IDisposable one = OneDnnProducts.Use(), other = OneDnnProducts.Use();
        Assert.True(products.IsOn);
        one.Dispose();
        one.Dispose();
        Assert.True(products.IsOn);
        other.Dispose();
        Assert.False(products.IsOn);
    }

    [Fact]
    public unsafe void What_the_application_has_decided_stays()
    {
        Assert.SkipUnless(OneDnnProducts.AreAvailable, "libtorch or this processor has no such way.");
        OneDnnProducts products = OneDnnProducts.Find(TorchRuntime.TryGetExport)!;
        var context = (delegate* unmanaged[Cdecl]<nint>)TorchRuntime.TryGetExport("_ZN2at13globalContextEv");
        var set = (delegate* unmanaged[Cdecl]<nint, int, int, int, void>)TorchRuntime.TryGetExport(
            "_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE");
        const int Ieee = 1, Unset = 0;
        set(context(), 2, 3, Ieee);
        try
        {
            using (OneDnnProducts.Use())
                Assert.False(products.IsOn);
        }
        finally
        {
            set(context(), 2, 3, Unset);
        }
    }

    private static void CheckProducts()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(3);
        float[] input = Values(random, Rows * Inputs), weight = Values(random, Outputs * Inputs), gradient = Values(random, Rows * Outputs);
        Tensor x = tensor(input, Rows, Inputs, requires_grad: true), w = tensor(weight, Outputs, Inputs, requires_grad: true);
        Tensor y = nn.functional.linear(x, w);
        y.backward([tensor(gradient, Rows, Outputs)]);
        // y = x·wᵀ, and backwards dx = dy·w, dw = dyᵀ·x.
        Check(y, Inputs, (row, column, k) => (input[row * Inputs + k], weight[column * Inputs + k]));
        Check(x.grad!, Outputs, (row, column, k) => (gradient[row * Outputs + k], weight[k * Inputs + column]));
        Check(w.grad!, Rows, (row, column, k) => (gradient[k * Outputs + row], input[k * Inputs + column]));
    }

    /// <summary>
    /// A sum of n products in single precision is off by at most n·2⁻²⁴ of the sum of their sizes, whatever its order.
    /// </summary>
    private static void Check(Tensor actual, int terms, Func<int, int, int, (float, float)> factors)
    {
        int columns = (int)actual.shape[1];
        float[] values = [.. actual.contiguous().data<float>()];
        for (int i = 0; i < values.Length; i += 7)
        {
            double sum = 0, size = 0;
            for (int k = 0; k < terms; k++)
            {
                (double a, double b) = factors(i / columns, i % columns, k);
                (sum, size) = (sum + a * b, size + Math.Abs(a * b));
            }
            Assert.Equal(sum, values[i], size * (terms + 1) * Math.ScaleB(1, -24));
        }
    }

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
