using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.Retrieval;

public sealed class RetrievalEvaluationTests
{
    private readonly MLContext _ml = new();

    // Cosines of "q" fall from "a" to "d"; of "r", from "d" to "a". "s" has no relevant document.
    private static readonly Item[] s_queries = [new("q", 1, 0), new("r", 0, 3), new("s", 1, 1)];
    private static readonly Item[] s_documents = [new("c", 1, 2), new("a", 2, 0), new("d", 0, 1), new("b", 4, 1)];

    [Fact]
    public void Metrics_are_those_on_paper()
    {
        Judgement[] judgements =
            [new("q", "a", 0), new("q", "b", 2), new("q", "d", 1), new("r", "a", 1), new("s", "a", 0), new("s", "x", -1)];

        // q finds a, b, c: gain 2 / log2(3), of at best 2 + 1 / log2(3). r finds d, c, b: nothing.
        RetrievalMetrics three = Evaluate(judgements, cutoff: 3);
        Assert.Equal((2, 3), (three.Count, three.Cutoff));
        Assert.Equal(2 / Math.Log2(3) / (2 + 1 / Math.Log2(3)) / 2, three.NormalizedDiscountedCumulativeGain, 1e-9);
        Assert.Equal((1 / 2.0 + 0) / 2, three.MeanReciprocalRank, 1e-9);
        Assert.Equal((1 / 2.0 + 0) / 2, three.Recall, 1e-9);

        RetrievalMetrics all = Evaluate(judgements, cutoff: 10);
        double q = (2 / Math.Log2(3) + 1 / Math.Log2(5)) / (2 + 1 / Math.Log2(3)), r = 1 / Math.Log2(5);
        Assert.Equal((q + r) / 2, all.NormalizedDiscountedCumulativeGain, 1e-9);
        Assert.Equal((1 / 2.0 + 1 / 4.0) / 2, all.MeanReciprocalRank, 1e-9);
        Assert.Equal(1, all.Recall, 1e-9);
    }

    [Fact]
    public void Judgements_that_concern_nothing_are_refused()
    {
        Assert.Contains("relevant", Assert.Throws<InvalidOperationException>(() => Evaluate([new("other", "a", 1)])).Message,
            StringComparison.Ordinal);
        Assert.Contains("'a'", Assert.Throws<InvalidOperationException>(() => _ml.Ranking.EvaluateRetrieval(
            View(s_queries), View([.. s_documents, new("a", 1, 1)]), View([new Judgement("q", "a", 1)]))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("cutoff", () => Evaluate([], cutoff: 0));
    }

    private RetrievalMetrics Evaluate(Judgement[] judgements, int cutoff = 10) =>
        _ml.Ranking.EvaluateRetrieval(View(s_queries), View(s_documents), View(judgements), cutoff);

    private IDataView View<T>(T[] rows) where T : class => _ml.Data.LoadFromEnumerable(rows);

    private sealed class Item(string id, params float[] features)
    {
        public string Id { get; } = id;

        [VectorType(2)]
        public float[] Features { get; } = features;
    }

    private sealed class Judgement(string query, string document, float label)
    {
        public string Query { get; } = query;

        public string Document { get; } = document;

        public float Label { get; } = label;
    }
}
