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

        /// <summary>
        /// The form of the vectors in the output column: floats, int8 or bits. Default <see cref="BertVectorPrecision.Float32"/>; ML.NET's
        /// trainers read no other. Shortened and normalized vectors are converted afterwards.
        /// </summary>
        public BertVectorPrecision Precision { get; init; }

        /// <summary>The type of the output column, for resolved options.</summary>
        /// <exception cref="ArgumentException">The precision is not one of the values.</exception>
        private VectorDataViewType OutputType => Precision switch
        {
            BertVectorPrecision.Float32 => new(NumberDataViewType.Single, Dimension),
            BertVectorPrecision.Int8 => new(NumberDataViewType.SByte, Dimension),
            BertVectorPrecision.Binary => new(NumberDataViewType.Byte, BertVectorQuantization.BinaryLength(Dimension)),
            _ => throw new ArgumentException(
                $"{nameof(Precision)} is {Precision}; choose one of {string.Join(", ", Enum.GetNames<BertVectorPrecision>())}."),
        };

        /// <summary>The columns that are read and added, for resolved options.</summary>
        internal StepColumns Columns => new StepColumns(
            [(InputColumnName, nameof(InputColumnName))],
            [new(OutputColumnName, OutputType)]).Checked();
    }
}
