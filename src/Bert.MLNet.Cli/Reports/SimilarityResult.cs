using Microsoft.ML;

namespace Bert.MLNet.Cli.Reports;

/// <summary>A model's scores for pairs with known labels.</summary>
internal sealed record SimilarityResult(IReadOnlyList<ScoredRow> Rows)
{
    /// <summary>Reads the predictions of a model of <c>sentence-similarity</c>.</summary>
    public static SimilarityResult Read(MLContext ml, IDataView predictions) =>
        new([.. ml.Data.CreateEnumerable<Row>(predictions, reuseRowObject: false)
            .Select(row => new ScoredRow(row.Sentence1, row.Sentence2, row.Similarity, row.Score))]);

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public float Similarity { get; set; }

        public float Score { get; set; }
    }
}

/// <summary>A pair with its label and a model's score.</summary>
internal sealed record ScoredRow(string Text, string Pair, float Label, float Score)
{
    /// <summary>The difference between score and label.</summary>
    public float Residual => Score - Label;
}
