using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.SentenceEmbedding;

/// <summary>
/// Mined negatives against a plain loop over all texts, as sentence-transformers' <c>mine_hard_negatives</c> defines them.
/// </summary>
public sealed class HardNegativesTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();

    private static readonly Row[] s_pairs =
        [.. ToyLanguage.Texts(40, seed: 3).Zip(ToyLanguage.Texts(40, seed: 5), (first, second) => new Row
        {
            Sentence1 = first.Text, Sentence2 = second.Text,
        }).SelectMany((pair, i) => i % 5 == 0
            ? new[] { pair, new Row { Sentence1 = pair.Sentence1, Sentence2 = $"another {pair.Sentence2}" }, pair }
            : [pair])];

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<BertHardNegativesOptions, bool> Options => new()
    {
        { new(), false }, { new() { NumberOfNegatives = 1, RangeMin = 4 }, true },
        { new() { NumberOfNegatives = 5, RangeMin = 2, RangeMax = 9 }, true },
        { new() { RelativeMargin = 0.05f }, false }, { new() { Margin = 0.02f, RangeMin = 1 }, true },
        { new() { MaximumScore = 0.97f, RelativeMargin = 0.001f, RangeMax = 6 }, true },
        { new() { QueryPrompt = "what is ", Prompt = "this : " }, true },
    };

    [Theory, MemberData(nameof(Options))]
    public void Negatives_are_those_of_a_plain_loop(BertHardNegativesOptions options, bool hasCorpus)
    {
        string[] corpus = hasCorpus ? [.. ToyLanguage.Texts(30, seed: 8).Select(row => row.Text), s_pairs[0].Sentence1] : [];
        Row[] mined = Mine(options, hasCorpus ? corpus : null);
        string[] texts = [.. corpus.Concat(s_pairs.Select(pair => pair.Sentence2)).Distinct()];
        Dictionary<string, float[]> found = Vectors(texts, options.Prompt);
        Dictionary<string, float[]> asked = Vectors([.. s_pairs.Select(pair => pair.Sentence1)], options.QueryPrompt ?? options.Prompt);
        bool hasLimits = options is not { Margin: null, RelativeMargin: null, MaximumScore: null };
        int mostRight = s_pairs.GroupBy(pair => pair.Sentence1).Max(query => query.DistinctBy(pair => pair.Sentence2).Count());
        int ranks = options.RangeMax ?? options.RangeMin + options.NumberOfNegatives * (hasLimits ? 10 : 1) + mostRight;
        var expected = new List<(string, string, string)>();
        foreach (IGrouping<string, Row> query in s_pairs.GroupBy(pair => pair.Sentence1))
        {
            string[] right = [.. query.Select(pair => pair.Sentence2).Distinct()];
            float least = right.Min(text => Cosine(query.Key, text));
            bool IsFar(float score) => score <= least - (options.Margin ?? -9)
                && (options.RelativeMargin is not { } share || score <= least - Math.Abs(least) * share)
                && score <= (options.MaximumScore ?? 9);
            IEnumerable<string> negatives = texts.Select(text => (Text: text, Score: Cosine(query.Key, text)))
                .OrderByDescending(text => text.Score).Take(ranks + mostRight + 1)
                .Where(text => text.Text != query.Key && !right.Contains(text.Text) && IsFar(text.Score))
                .Take(ranks).Skip(options.RangeMin).Take(options.NumberOfNegatives).Select(text => text.Text);
            expected.AddRange(from text in right from negative in negatives select (query.Key, text, negative));
        }
        Assert.NotEmpty(expected);
        AssertSame(expected, [.. mined.Select(row => (row.Sentence1, row.Sentence2, row.Sentence3))], Cosine);

        float Cosine(string query, string text) => asked[query].Zip(found[text], (x, y) => x * y).Sum();
    }

    [Fact]
    public void Any_number_of_threads_mines_the_same()
    {
        (string, string, string)[][] mined = [.. new[] { 1, 3 }.Select(threads =>
            Mine(new() { Batching = new() { NumberOfThreads = threads } }, null)
                .Select(row => (row.Sentence1, row.Sentence2, row.Sentence3)).ToArray())];
        Dictionary<string, float[]> found = Vectors([.. s_pairs.Select(pair => pair.Sentence2)], null);
        Dictionary<string, float[]> asked = Vectors([.. s_pairs.Select(pair => pair.Sentence1)], null);
        AssertSame(mined[0], mined[1], (query, text) => asked[query].Zip(found[text], (x, y) => x * y).Sum());
    }

    [Fact]
    public void Options_columns_and_data_that_do_not_fit_are_named()
    {
        foreach ((string name, BertHardNegativesOptions options) in new (string, BertHardNegativesOptions)[]
        {
            ("NumberOfNegatives is 0", new() { NumberOfNegatives = 0 }), ("RangeMin is -1", new() { RangeMin = -1 }),
            ("RangeMax is 4", new() { RangeMin = 2, RangeMax = 4 }), ("Margin is 3", new() { Margin = 3 }),
            ("RelativeMargin is NaN", new() { RelativeMargin = float.NaN }), ("MaximumScore is 2", new() { MaximumScore = 2 }),
            ("'Sentence1'", new() { Sentence3ColumnName = "Sentence1" }), ("'Answer'", new() { Sentence2ColumnName = "Answer" }),
        })
            Contains(name, Assert.ThrowsAny<ArgumentException>(() => Mine(options, null)));
        Contains("'Text'", Assert.ThrowsAny<ArgumentException>(() =>
            _ml.Ranking.MineHardNegatives(View(s_pairs), new() { Model = s_model }, View(s_pairs))));
        Contains("no pairs", Assert.Throws<InvalidOperationException>(() =>
            _ml.Ranking.MineHardNegatives(View([]), new() { Model = s_model })));
        Contains("Lower RangeMin", Assert.Throws<InvalidOperationException>(() => Mine(new() { RangeMin = 500 }, null)));

        static void Contains(string text, Exception error) => Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Two texts whose similarities differ by rounding can change places.</summary>
    private static void AssertSame(
        IReadOnlyList<(string Query, string Right, string Negative)> expected,
        IReadOnlyList<(string Query, string Right, string Negative)> actual, Func<string, string, float> similarity)
    {
        Assert.Equal(expected.Select(row => (row.Query, row.Right)), actual.Select(row => (row.Query, row.Right)));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(
            similarity(pair.First.Query, pair.First.Negative), similarity(pair.Second.Query, pair.Second.Negative), 1e-5f));
    }

    private Row[] Mine(BertHardNegativesOptions options, string[]? corpus)
    {
        IDataView mined = _ml.Ranking.MineHardNegatives(View(s_pairs), options with { Model = s_model },
            corpus is null ? null : _ml.Data.LoadFromEnumerable(corpus.Select(text => new { Text = text })));
        return [.. _ml.Data.CreateEnumerable<Row>(mined, reuseRowObject: false)];
    }

    private IDataView View(Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private static Dictionary<string, float[]> Vectors(string[] texts, string? prompt)
    {
        using BertEmbeddingTransformer step = BertEmbeddingTransformer.Create(s_model, new() { Prompt = prompt, Normalize = true });
        string[] distinct = [.. texts.Distinct()];
        return distinct.Zip(step.Embed(distinct)).ToDictionary(text => text.First, text => text.Second.Vector.ToArray());
    }

    public sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public string Sentence3 { get; set; } = "";
    }
}
