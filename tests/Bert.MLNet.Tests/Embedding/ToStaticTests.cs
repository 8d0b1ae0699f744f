using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Pooling;

public class ToStaticTests
{
    private static readonly Lazy<BertModel> Tiny = new(() => new TinyCheckpoint().Load());

    private static readonly BertStaticOptions Plain =
        new() { Dimension = null, SifCoefficient = null, Precision = BertStaticPrecision.Float32, Normalize = false };

    [Fact]
    public void The_included_network_has_an_included_table_and_other_checkpoints_are_converted()
    {
        Assert.Same(BertModel.DefaultStatic, BertModel.Default.ToFast());
        StaticTable table = Tiny.Value.ToFast().Table!;
        Assert.Equal((Tiny.Value.Tokenizer.Vocabulary.Size, Tiny.Value.Config.HiddenSize), (table.Tokens, table.Width));
    }

    [Fact]
    public void The_vector_of_a_token_is_that_of_a_text_of_it_alone()
    {
        BertModel table = Tiny.Value.ToStatic(Plain);
        string[] words = ["good", "film", "battery"];
        Assert.All(Embed(Tiny.Value, words).Zip(Embed(table, words)), pair => Close(pair.First, pair.Second, 1e-5));
        float[] sum = [.. Embed(Tiny.Value, ["good"])[0].Zip(Embed(Tiny.Value, ["film"])[0], (x, y) => (x + y) / 2)];
        Close(sum, Embed(table, ["good film 中"])[0], 1e-5);
        Assert.All(new[] { "[CLS]", "[PAD]", "[MASK]" }, token => Assert.All(Row(table, token), value => Assert.Equal(0, value)));
    }

    [Fact]
    public void Components_keep_all_distances_or_as_much_variance_as_their_number_can()
    {
        BertModel whole = Tiny.Value.ToStatic(Plain), turned = Tiny.Value.ToStatic(Plain with { Dimension = 32 });
        string[] words = [.. Words()];
        float[][] before = [.. words.Select(word => Row(whole, word))], after = [.. words.Select(word => Row(turned, word))];
        for (int i = 1; i < words.Length; i++)
            Assert.Equal(Distance(before[0], before[i]), Distance(after[0], after[i]), 1e-4);

        // Centred and uncorrelated, the largest variance first; the first is the largest eigenvalue, by power iteration.
        double Product(int i, int j) => after.Sum(row => (double)row[i] * row[j]);
        Assert.All(Enumerable.Range(0, 32), column => Assert.Equal(0, after.Sum(row => (double)row[column]), 1e-3));
        Assert.All(Enumerable.Range(1, 31), column => Assert.True(Product(column, column) <= Product(column - 1, column - 1) + 1e-4));
        Assert.Equal(0, Product(0, 1), 1e-3);
        double[] mean = [.. Enumerable.Range(0, 32).Select(column => before.Average(row => (double)row[column]))];
        double[] vector = [.. Enumerable.Repeat(1.0, 32)];
        double largest = 0;
        for (int step = 0; step < 500; step++)
        {
            double[] next = new double[32];
            foreach (float[] row in before)
            {
                double along = row.Select((value, i) => (value - mean[i]) * vector[i]).Sum();
                for (int i = 0; i < 32; i++)
                    next[i] += (row[i] - mean[i]) * along;
            }
            largest = Math.Sqrt(next.Sum(x => x * x));
            vector = [.. next.Select(x => x / largest)];
        }
        Assert.Equal(largest, Product(0, 0), 1e-3 * largest);
        Assert.All(words, word => Close(Row(turned, word)[..5], Row(Tiny.Value.ToStatic(Plain with { Dimension = 5 }), word), 1e-4));
    }

    [Fact]
    public void Frequent_tokens_weigh_less_by_zipf_or_by_their_counts()
    {
        BertModel plain = Tiny.Value.ToStatic(Plain), zipf = Tiny.Value.ToStatic(Plain with { SifCoefficient = 0.01 });
        string[] words = [.. Words()];
        double total = Enumerable.Range(2, words.Length).Sum(place => 1.0 / place);
        foreach ((int rank, string word) in words.Index())
        {
            double weight = 0.01 / (0.01 + 1.0 / (rank + 2) / total);
            Close([.. Row(plain, word).Select(value => (float)(value * weight))], Row(zipf, word), 1e-5);
        }
        long[] counts = [.. Enumerable.Range(0, Tiny.Value.Tokenizer.Vocabulary.Size).Select(id => (long)id % 3)];
        BertModel counted = Tiny.Value.ToStatic(Plain with { SifCoefficient = 0.01, TokenCounts = counts });
        foreach (string word in words)
        {
            double weight = 0.01 / (0.01 + counts[Id(word)] / (double)counts.Sum());
            Close([.. Row(plain, word).Select(value => (float)(value * weight))], Row(counted, word), 1e-5);
        }
    }

    [Theory]
    [InlineData(BertStaticPrecision.Float16, 2, 1e-3), InlineData(BertStaticPrecision.Int8, 1, 5e-3)]
    public void Smaller_numbers_change_little_and_are_saved(BertStaticPrecision precision, int bytes, double tolerance)
    {
        string[] texts = ["the film is great", "good", "i hate this phone and the battery"];
        BertModel exact = Tiny.Value.ToStatic(new() { Dimension = 16, Precision = BertStaticPrecision.Float32 });
        BertModel small = Tiny.Value.ToStatic(new() { Dimension = 16, Precision = precision });
        Assert.Equal(Tiny.Value.Tokenizer.Vocabulary.Size * 16 * bytes, small.Table!.Vectors.Bytes.Length);
        Assert.All(Embed(exact, texts).Zip(Embed(small, texts)), pair => Close(pair.First, pair.Second, tolerance));
        using var temporary = new TemporaryFolder();
        small.SavePretrained(temporary.Path);
        BertModel saved = BertModel.FromPretrained(temporary.Path);
        Assert.Equal(small.ContentHash, saved.ContentHash);
        Assert.Equal(Embed(small, texts), Embed(saved, texts));
        Assert.Equal(
            Tiny.Value.Tokenizer.Encode("a good film", "bad").Ids,
            BertTokenizer.FromPretrained(temporary.Path).Encode("a good film", "bad").Ids);
    }

    [Fact]
    public void Options_that_do_not_fit_are_named()
    {
        foreach ((string name, BertStaticOptions options) in new[]
        {
            ("Dimension is 33", Plain with { Dimension = 33 }), ("Dimension is 0", Plain with { Dimension = 0 }),
            ("SifCoefficient is 0", Plain with { SifCoefficient = 0 }), ("TokenCounts has 1", Plain with { TokenCounts = [1] }),
            ("Precision is 9", Plain with { Precision = (BertStaticPrecision)9 }),
        })
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => Tiny.Value.ToStatic(options)).Message, StringComparison.Ordinal);
    }

    // In the order of their ids.
    private static IEnumerable<string> Words() =>
        from id in Enumerable.Range(0, Tiny.Value.Tokenizer.Vocabulary.Size)
        let token = Tiny.Value.Tokenizer.Vocabulary[id]!
        where !token.StartsWith('[')
        select token;

    private static int Id(string token) =>
        Tiny.Value.Tokenizer.Vocabulary.TryGetId(token, out int id) ? id : throw new KeyNotFoundException(token);

    private static float[] Row(BertModel table, string token)
    {
        float[] row = new float[table.Table!.Width];
        table.Table.Mean([Id(token)], row);
        return row;
    }

    private static double Distance(float[] one, float[] other) =>
        Math.Sqrt(one.Zip(other, (x, y) => ((double)x - y) * ((double)x - y)).Sum());

    private static float[][] Embed(BertModel model, string[] texts)
    {
        using BertEmbeddingTransformer step = BertEmbeddingTransformer.Create(model);
        return [.. step.Embed(texts).Select(embedding => embedding.Vector.ToArray())];
    }

    private static void Close(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
