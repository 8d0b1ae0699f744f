using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>The baseline for similarity: the cosine of the checkpoint's vectors without training.</summary>
internal static class CosineBaseline
{
    /// <summary>The column of cosines.</summary>
    public const string Column = "Cosine";

    /// <summary>
    /// Creates the step that adds the column to scores of pairs, or null if predictions are of another kind or already have it.
    /// </summary>
    public static BertPairEmbeddingTransformer? Create(MLContext ml, BertModel bert, IDataView predictions) =>
        Metrics.IsSimilarity(predictions) && predictions.Schema.GetColumnOrNull(Column) is null
            ? ml.Transforms.Text.ApplyBertPairEmbedding("PairFeatures", "Sentence1", "Sentence2", bert, cosineColumnName: Column)
                .Fit(predictions)
            : null;
}
