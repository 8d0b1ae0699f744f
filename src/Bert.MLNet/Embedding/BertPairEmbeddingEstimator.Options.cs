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
        /// <summary>The column of features that is added. Default "Features".</summary>
        public string OutputColumnName { get; init; } = "Features";

        /// <summary>The column of first texts. Default "Sentence1".</summary>
        public string InputColumnName { get; init; } = "Sentence1";

        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string PairColumnName { get; init; } = "Sentence2";

        /// <summary>The parts of the features. Default <see cref="BertPairFeatures.All"/>.</summary>
        public BertPairFeatures Features { get; init; } = BertPairFeatures.All;

        /// <summary>
        /// The column (<see cref="float"/>, from −1 to 1) that receives the cosine of the two vectors; 0 where one of them is zero.
        /// Default null: no such column.
        /// </summary>
        public string? CosineColumnName { get; init; }

        /// <summary>The columns that are read and added, of resolved options.</summary>
        internal StepColumns Columns => new StepColumns(
            [(InputColumnName, nameof(InputColumnName)), (PairColumnName, nameof(PairColumnName))],
            [
                new(OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, new PairFeatureVector(Features, Dimension).Dimension)),
                .. CosineColumnName is { } cosine ? new DataViewSchema.DetachedColumn[] { new(cosine, NumberDataViewType.Single) } : [],
            ]).Checked();
    }
}
