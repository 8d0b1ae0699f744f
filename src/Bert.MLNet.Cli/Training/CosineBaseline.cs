using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>
/// What the checkpoint says of pairs before it has learnt anything of them: the cosine of their vectors, by which a similarity is to be
/// judged.
/// </summary>
internal static class CosineBaseline
{
    /// <summary>The column of cosines.</summary>
    public const string Column = "Cosine";

    /// <summary>Makes the step that adds the column to scores of pairs; null for other predictions, and for those that have it.</summary>
    public static BertPairEmbeddingTransformer? Create(MLContext ml, BertModel bert, IDataView predictions) =>
        Metrics.IsSimilarity(predictions) && predictions.Schema.GetColumnOrNull(Column) is null
            ? ml.Transforms.Text.ApplyBertPairEmbedding("PairFeatures", "Sentence1", "Sentence2", bert, cosineColumnName: Column).Fit(predictions)
            : null;
}
