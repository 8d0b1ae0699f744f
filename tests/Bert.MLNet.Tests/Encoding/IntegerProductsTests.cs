using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Integer products are exact, whatever the processor, and how that is found out.</summary>
public sealed class IntegerProductsTests
{
    [Fact]
    public void Sums_of_two_products_that_saturate_at_16_bits_are_noticed()
    {
        Assert.True(IntegerProducts.Saturate(
            (activations, weights, rows, inputs, outputs) => Multiply(activations, weights, rows, inputs, outputs, Saturated)));
        Assert.False(IntegerProducts.Saturate(
            (activations, weights, rows, inputs, outputs) => Multiply(activations, weights, rows, inputs, outputs, pair => pair)));
    }

    [Fact]
    public void A_single_wrong_sum_is_noticed_wherever_it_is()
    {
        for (int wrong = 0; wrong < 3; wrong++)
        {
            Assert.True(IntegerProducts.Saturate((activations, weights, rows, inputs, outputs) =>
            {
                float[] sums = Multiply(activations, weights, rows, inputs, outputs, pair => pair);
                sums[wrong * (sums.Length - 1) / 2] -= 1;
                return sums;
            }));
        }
    }

    /// <summary>
    /// The case that was reported: 240 × 384 × 1536 with extreme values, where 368,302 of the 368,640 sums of signed weights were wrong
    /// without VNNI.
    /// </summary>
    [Theory]
    [InlineData("unsigned"), InlineData("as this processor needs them"), InlineData("7 bits")]
    public void No_sum_of_extreme_values_differs_from_the_sum_of_integers(string weights)
    {
        const int Rows = 240, Inputs = 384, Outputs = 1536;
        bool unsigned = weights == "unsigned" || (weights != "7 bits" && IntegerProducts.PreferUnsigned);
        int largest = weights == "7 bits" ? 64 : 127;
        var random = new Random(17);
        byte[] a = [.. Enumerable.Range(0, Rows * Inputs).Select(_ => (byte)(random.Next(4) == 0 ? random.Next(256) : 255))];
        a[0] = 0;
        sbyte[] w = [.. Enumerable.Range(0, Inputs * Outputs)
            .Select(i => (sbyte)(random.Next(4) == 0 ? random.Next(-largest, largest + 1) : i % Outputs % 2 == 0 ? largest : -largest))];

        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var layer = new TrialLayer(
            new GraphWeight("weight", unsigned ? OnnxGraph.UInt8 : OnnxGraph.Int8, IsTransposed: true, [Inputs, Outputs]), options,
            (name, bytes) =>
        {
            if (name != TrialLayer.Weight)
                MemoryMarshal.Cast<byte, float>(bytes).Fill(name == TrialLayer.Bias ? 0 : 1);
            for (int i = 0; name == TrialLayer.Weight && i < w.Length; i++)
                bytes[i] = (byte)(unsigned ? w[i] + 128 : w[i]);
        });
        float[] sums = layer.Run([.. a.Select(value => (float)value)], Rows);
        Assert.Equal(Rows * Outputs, sums.Length);

        int[] sum = new int[Outputs];
        for (int row = 0; row < Rows; row++)
        {
            Array.Clear(sum);
            for (int i = 0; i < Inputs; i++)
            {
                for (int o = 0; o < Outputs; o++)
                    sum[o] += a[row * Inputs + i] * w[i * Outputs + o];
            }
            // All below 2^24, which floats hold.
            Assert.Equal(sum.Select(value => (float)value), sums.AsSpan(row * Outputs, Outputs).ToArray());
        }
    }

    [Fact]
    public void Weights_of_8_bits_may_saturate_and_those_of_7_bits_and_floats_may_not()
    {
        BertModel model = new TinyCheckpoint().Load();
        Assert.True(IntegerProducts.MaySaturate(model.Quantize().Weights!));
        Assert.False(IntegerProducts.MaySaturate(model.Quantize(new BertQuantizationOptions { ReduceRange = true }).Weights!));
        Assert.False(IntegerProducts.MaySaturate(model.Weights!));
        Assert.False(IntegerProducts.NeedUnsigned(model.Weights!));
    }

    /// <summary>A product as <c>vpmaddubsw</c> and <c>vpmaddwd</c> compute it: two neighbours, then all of the pairs.</summary>
    private static float[] Multiply(float[] activations, sbyte[] weights, int rows, int inputs, int outputs, Func<int, int> pair)
    {
        float[] sums = new float[rows * outputs];
        for (int row = 0; row < rows; row++)
        {
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < inputs; i += 2)
                    sums[row * outputs + o] += pair(Term(row, i, o) + (i + 1 < inputs ? Term(row, i + 1, o) : 0));
            }
        }
        return sums;

        int Term(int row, int i, int o) => (int)activations[row * inputs + i] * weights[i * outputs + o];
    }

    private static int Saturated(int sum) => Math.Clamp(sum, short.MinValue, short.MaxValue);
}
