using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

public sealed partial class BertPairEmbeddingEstimator
{
    /// <summary>The options of <see cref="BertPairEmbeddingEstimator"/>. Immutable.</summary>
    public sealed record Options : BertEmbeddingOptions
    {
        /// <summary>The name of the added feature column. Default "Features".</summary>
        public string OutputColumnName { get; init; } = "Features";

        /// <summary>The name of the column of first texts. Default "Sentence1".</summary>
        public string InputColumnName { get; init; } = "Sentence1";

        /// <summary>The name of the column of second texts. Default "Sentence2".</summary>
        public string PairColumnName { get; init; } = "Sentence2";

        /// <summary>The parts of the features. Default <see cref="BertPairFeatures.All"/>.</summary>
        public BertPairFeatures Features { get; init; } = BertPairFeatures.All;

        /// <summary>
        /// The name of the added column (<see cref="float"/>, from −1 to 1) with the cosine of the two vectors. The cosine is 0 if
        /// one of the vectors is zero. Default null: the column is omitted.
        /// </summary>
        public string? CosineColumnName { get; init; }

        /// <summary>
        /// The name of the added column (<see cref="float"/>) with the similarity of the two vectors by <see cref="Similarity"/>. Default
        /// null: the column is omitted.
        /// </summary>
        public string? SimilarityColumnName { get; init; }

        /// <summary>
        /// The function of <see cref="SimilarityColumnName"/>. Default null: the checkpoint's setting if it has one, otherwise
        /// <see cref="BertSimilarity.Cosine"/>.
        /// </summary>
        public BertSimilarity? Similarity { get; init; }

        /// <summary>The function by which vectors are compared.</summary>
        /// <exception cref="ArgumentException">It has an invalid value.</exception>
        internal BertSimilarity SimilarityFunction
        {
            get
            {
                BertSimilarity similarity = Similarity ?? Checkpoint.Sentence.Similarity ?? BertSimilarity.Cosine;
                return Enum.IsDefined(similarity) ? similarity : throw new ArgumentException(
                    $"{nameof(Similarity)} is {similarity}; choose one of {string.Join(", ", Enum.GetNames<BertSimilarity>())}.");
            }
        }

        /// <summary>The columns that are read and added, for resolved options.</summary>
        internal StepColumns Columns => new StepColumns(
            [(InputColumnName, nameof(InputColumnName)), (PairColumnName, nameof(PairColumnName))],
            [
                new(OutputColumnName,
                    new VectorDataViewType(NumberDataViewType.Single, new PairFeatureVector(Features, Dimension).Dimension)),
                .. NumberColumns.Select(column => new DataViewSchema.DetachedColumn(column.Name, NumberDataViewType.Single)),
            ]).Checked();

        /// <summary>The columns with one number, and the functions of the vectors that they contain.</summary>
        internal IReadOnlyList<(string Name, BertSimilarity Function)> NumberColumns =>
        [
            .. CosineColumnName is { } cosine ? new[] { (cosine, BertSimilarity.Cosine) } : [],
            .. SimilarityColumnName is { } similarity ? new[] { (similarity, SimilarityFunction) } : [],
        ];
    }
}
