using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Pooling;

/// <summary>Vectors in int8 and bits are those of single precision, converted by plain loops.</summary>
public sealed class VectorQuantizationTests
{
    private static readonly string[] s_texts = ["the film is good", "bad", "", "a day and a time"];

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Int8_is_the_share_of_the_largest_value_in_127ths()
    {
        float[] vector = Vectors(1, 50)[0];
        float largest = vector.Max(Math.Abs);
        Assert.Equal(vector.Select(value => (sbyte)Math.Round(value / largest * 127)), BertVectorQuantization.ToInt8(vector));
        Assert.Equal(127, BertVectorQuantization.ToInt8(vector).Max(value => Math.Abs((int)value)));
        Assert.Equal(new sbyte[3], BertVectorQuantization.ToInt8(new float[3]));
    }

    [Fact]
    public void Bits_are_the_signs_from_the_highest_bit_on()
    {
        Assert.Equal([0b1010_0001, 0b1000_0000], BertVectorQuantization.ToBinary([1, -1, 0.5f, 0, -2, -0f, float.MinValue, 1e-9f, 3]));
        (float[] one, float[] other) = (Vectors(1, 77)[0], Vectors(2, 77)[0]);
        int differences = one.Zip(other).Count(pair => pair.First > 0 != pair.Second > 0);
        Assert.Equal(differences, BertVectorQuantization.HammingDistance(
            BertVectorQuantization.ToBinary(one), BertVectorQuantization.ToBinary(other)));
    }

    [Fact]
    public void The_cosine_with_int8_is_that_of_its_values()
    {
        (float[] one, float[] other) = (Vectors(1, 60)[0], Vectors(2, 60)[0]);
        sbyte[] values = BertVectorQuantization.ToInt8(other);
        float expected = BertSimilarity.Cosine.Compute(one, [.. values.Select(value => (float)value)]);
        Assert.Equal(expected, BertVectorQuantization.Cosine(one, values), 1e-6f);
        Assert.Equal(BertSimilarity.Cosine.Compute(one, other), BertVectorQuantization.Cosine(one, values), 0.02f);
        Assert.Throws<ArgumentException>(() => BertVectorQuantization.Cosine(one, values.AsSpan(1)));
    }

    [Fact]
    public void A_search_sorts_the_candidates_of_the_bits_by_their_cosine_in_int8()
    {
        float[][] vectors = Vectors(3, 40, 300);
        float[] query = Vectors(4, 40)[0];
        byte[] bits = BertVectorQuantization.ToBinary(query);
        int[] expected =
        [
            .. vectors.Select((vector, i) =>
                (Index: i, Distance: BertVectorQuantization.HammingDistance(bits, BertVectorQuantization.ToBinary(vector))))
                .OrderBy(found => found.Distance).ThenBy(found => found.Index).Take(5 * 3)
                .OrderByDescending(found => BertVectorQuantization.Cosine(query, BertVectorQuantization.ToInt8(vectors[found.Index])))
                .Take(5).Select(found => found.Index),
        ];
        var index = new BertVectorIndex([.. vectors.Select(vector => (ReadOnlyMemory<float>)vector)]);
        Assert.Equal(expected, index.Search(query, 5, rescoreFactor: 3).Select(found => found.Index));
        Assert.Equal((300, 40), (index.Count, index.Dimension));
        Assert.Equal(300, index.Search(query, 500).Count);

        Assert.StartsWith("The query has 39 values", Assert.Throws<ArgumentException>(() => index.Search(query.AsSpan(1), 1)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("Vector 1 has 2 values",
            Assert.Throws<ArgumentException>(() => new BertVectorIndex([new float[3], new float[2]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new BertVectorIndex([]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(13)]
    public void Columns_hold_the_vectors_in_their_precision_also_after_saving(int? dimension)
    {
        var options = new BertEmbeddingEstimator.Options
        {
            Model = BertEmbeddingTests.TinyModel.Value,
            Normalize = true,
            TruncateDimension = dimension,
        };
        IDataView data = _ml.Data.LoadFromEnumerable(s_texts.Select(text => new { Text = text }));
        float[][] single = Column<float>(_ml.Transforms.Text.ApplyBertEmbedding(options).Fit(data), data);
        Assert.All(single, vector => Assert.Equal(1, Math.Sqrt(vector.Sum(value => (double)value * value)), 1e-5));

        using BertEmbeddingTransformer int8 =
            _ml.Transforms.Text.ApplyBertEmbedding(options with { Precision = BertVectorPrecision.Int8 }).Fit(data);
        using BertEmbeddingTransformer binary =
            _ml.Transforms.Text.ApplyBertEmbedding(options with { Precision = BertVectorPrecision.Binary }).Fit(data);
        Assert.Equal(single.Select(vector => BertVectorQuantization.ToInt8(vector)), Column<sbyte>(int8, data));
        Assert.Equal(single.Select(vector => BertVectorQuantization.ToBinary(vector)), Column<byte>(binary, data));

        using var file = new MemoryStream();
        _ml.Model.Save(binary, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = _ml.Model.Load(file, out _);
        Assert.Equal(Column<byte>(binary, data), Column<byte>(loaded, data));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void An_invalid_precision_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.Transforms.Text.ApplyBertEmbedding(
            new BertEmbeddingEstimator.Options { Model = BertEmbeddingTests.TinyModel.Value, Precision = (BertVectorPrecision)7 }));
        Assert.Equal("Precision is 7; choose one of Float32, Int8, Binary.", error.Message);
    }

    private static T[][] Column<T>(ITransformer transformer, IDataView data)
    {
        IDataView view = transformer.Transform(data);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<VBuffer<T>> getter = cursor.GetGetter<VBuffer<T>>(view.Schema["Features"]);
        var rows = new List<T[]>();
        VBuffer<T> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add([.. value.DenseValues()]);
        }
        return [.. rows];
    }

    private static float[][] Vectors(int seed, int size, int count = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, size).Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
    }
}
