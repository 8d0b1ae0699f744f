using Microsoft.ML;

namespace Bert.MLNet.Cli.Reports;

/// <summary>What a similarity says of pairs whose number is known.</summary>
internal sealed record SimilarityResult(IReadOnlyList<ScoredRow> Rows)
{
    /// <summary>Reads the predictions of a model of <c>sentence-similarity</c>.</summary>
    public static SimilarityResult Read(MLContext ml, IDataView predictions) =>
        new([.. ml.Data.CreateEnumerable<Row>(predictions, reuseRowObject: false).Select(row => new ScoredRow(row.Sentence1, row.Sentence2, row.Similarity, row.Score))]);

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public float Similarity { get; set; }

        public float Score { get; set; }
    }
}

/// <summary>A pair with its number and what a similarity says of it.</summary>
internal sealed record ScoredRow(string Text, string Pair, float Label, float Score)
{
    /// <summary>How much too high the score is.</summary>
    public float Residual => Score - Label;
}
