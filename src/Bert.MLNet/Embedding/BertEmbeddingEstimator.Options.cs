using Bert.MLNet.DataViews;
using Microsoft.ML.Data;

namespace Bert.MLNet;

public sealed partial class BertEmbeddingEstimator
{
    /// <summary>The options of <see cref="BertEmbeddingEstimator"/>. Immutable.</summary>
    public sealed record Options : BertEmbeddingOptions
    {
        /// <summary>The name of the added vector column. Default "Features".</summary>
        public string OutputColumnName { get; init; } = "Features";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The columns that are read and added, for resolved options.</summary>
        internal StepColumns Columns => new StepColumns(
            [(InputColumnName, nameof(InputColumnName))],
            [new(OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, Dimension))]).Checked();
    }
}
