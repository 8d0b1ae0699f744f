using Bert.MLNet.Pooling;
using CsCheck;

namespace Bert.MLNet.Tests.Pooling;

/// <summary>The arithmetic against sentence-transformers' formulas, written out as loops over doubles.</summary>
public class HiddenStatePoolerTests
{
    private static readonly BertPooling[] Ways =
        [BertPooling.Cls, BertPooling.Max, BertPooling.Mean, BertPooling.MeanSqrtLength,
        BertPooling.LastLayersMean, BertPooling.WeightedMean, BertPooling.LastToken];

    private static readonly Gen<Row> Rows =
        from width in Gen.Int[1, 37]
        from length in Gen.Int[1, 12]
        from layers in Gen.Int[1, 4]
        from hidden in Gen.Float[-3, 3].Array[length * width]
        from states in Gen.Float[-3, 3].Array[layers * length * width]
        from mask in Gen.Frequency((3, Gen.Long[0, 1].Array[length]), (1, Gen.Const(Array.Empty<long>())))
        from weights in Gen.Frequency(
            (2, Gen.Frequency((1, Gen.Const(0f)), (4, Gen.Float[0.01f, 2])).Array[length]), (1, Gen.Const(Array.Empty<float>())))
        select new Row(width, hidden, states, mask, weights);

    [Fact]
    public void Every_way_of_pooling_equals_its_formula() => Rows.Sample(row =>
    {
        foreach (BertPooling pooling in Ways)
            Equal(Expected(pooling, row), Pool(pooling, false, row));
    });

    [Fact]
    public void Combinations_are_concatenated_in_the_order_of_sentence_transformers() =>
        Gen.Select(Rows, Gen.Int[1, 127]).Sample((row, flags) =>
    {
        var pooling = (BertPooling)flags;
        Equal([.. Ways.Where(way => pooling.HasFlag(way)).SelectMany(way => Expected(way, row))], Pool(pooling, false, row));
    });

    [Fact]
    public void A_normalised_vector_has_the_same_direction_and_length_1() => Rows.Sample(row =>
    {
        const BertPooling pooling = BertPooling.Mean | BertPooling.Cls;
        double[] expected = [.. Ways.Where(way => pooling.HasFlag(way)).SelectMany(way => Expected(way, row))];
        double norm = Math.Max(Math.Sqrt(expected.Sum(x => x * x)), 1e-12);
        Equal([.. expected.Select(x => x / norm)], Pool(pooling, true, row));
    });

    [Fact]
    public void Masked_tokens_do_not_count()
    {
        float[] hidden = [9, 9, 1, 2, 3, 6, 9, 9];
        long[] mask = [0, 1, 1, 0];
        Assert.Equal([1, 2], Pool(BertPooling.Cls, false, new Row(2, hidden, [], mask, [])));
        Assert.Equal([3, 6], Pool(BertPooling.Max, false, new Row(2, hidden, [], mask, [])));
        Assert.Equal([2, 4], Pool(BertPooling.Mean, false, new Row(2, hidden, [], mask, [])));
        Assert.Equal([14 / 5f, 5], Pool(BertPooling.WeightedMean, false, new Row(2, [9, 9, 1, 2, 4, 7, 9, 9], [], mask, [])));
        Assert.Equal([3, 6], Pool(BertPooling.LastToken, false, new Row(2, hidden, [], mask, [])));
        Assert.Equal([4 / MathF.Sqrt(2), 8 / MathF.Sqrt(2)], Pool(BertPooling.MeanSqrtLength, false, new Row(2, hidden, [], mask, [])));
    }

    [Fact]
    public void The_position_of_cls_is_the_callers_to_say()
    {
        float[] vector = new float[4];
        HiddenStatePooler.Pool(BertPooling.Cls | BertPooling.Mean, false, 2, [9, 8, 1, 2, 3, 6], [], [0, 1, 1], [], cls: 0, vector);
        Assert.Equal([9, 8, 2, 4], vector);
    }

    [Fact]
    public void A_row_without_tokens_that_count_pools_to_zero() =>
        Assert.Equal(new float[8],
            Pool(BertPooling.Mean | BertPooling.MeanSqrtLength | BertPooling.WeightedMean | BertPooling.LastToken,
            true, new Row(2, [1, 2, 3, 4], [], [0, 0], [])));

    private static float[] Pool(BertPooling pooling, bool normalize, Row row)
    {
        float[] vector = new float[HiddenStatePooler.Size(pooling, row.Width)];
        HiddenStatePooler.Pool(pooling, normalize, row.Width, row.Hidden, row.Layers, row.Mask, row.Weights,
            Math.Max(0, Array.IndexOf(row.Mask, 1)), vector);
        return vector;
    }

    private static double[] Expected(BertPooling pooling, Row row)
    {
        (int width, float[] hidden, float[] layers, long[] mask, float[] weights) = row;
        int length = hidden.Length / width;
        int[] tokens = [.. Enumerable.Range(0, length).Where(token => mask.Length == 0 || mask[token] == 1)];
        double Weight(int token) => weights.Length == 0 ? 1 : weights[token];
        double sum = Math.Max(1e-9, tokens.Sum(Weight));
        double Weighted(int d) => tokens.Sum(token => Weight(token) * hidden[token * width + d]);
        double Layer(int d, int token) =>
            Enumerable.Range(0, layers.Length / hidden.Length).Average(layer => layers[layer * hidden.Length + token * width + d]);
        return [.. Enumerable.Range(0, width).Select(d => pooling switch
        {
            BertPooling.Cls => hidden[tokens.FirstOrDefault() * width + d],
            BertPooling.Max => tokens.Select(token => hidden[token * width + d]).Append(-1e9f).Max(),
            BertPooling.Mean => Weighted(d) / sum,
            BertPooling.MeanSqrtLength => Weighted(d) / Math.Sqrt(sum),
            BertPooling.WeightedMean => tokens.Sum(token => (token + 1.0) * hidden[token * width + d])
                / Math.Max(1e-9, tokens.Sum(token => token + 1.0)),
            BertPooling.LastToken => tokens.Length == 0 ? 0 : hidden[tokens[^1] * width + d],
            _ => tokens.Sum(token => Weight(token) * Layer(d, token)) / sum,
        })];
    }

    private static void Equal(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5);
    }

    private sealed record Row(int Width, float[] Hidden, float[] Layers, long[] Mask, float[] Weights);
}
