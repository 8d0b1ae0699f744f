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

        /// <summary>The columns that are read and added, for resolved options.</summary>
        internal StepColumns Columns => new StepColumns(
            [(InputColumnName, nameof(InputColumnName)), (PairColumnName, nameof(PairColumnName))],
            [
                new(OutputColumnName,
                    new VectorDataViewType(NumberDataViewType.Single, new PairFeatureVector(Features, Dimension).Dimension)),
                .. CosineColumnName is { } cosine ? new DataViewSchema.DetachedColumn[] { new(cosine, NumberDataViewType.Single) } : [],
            ]).Checked();
    }
}
