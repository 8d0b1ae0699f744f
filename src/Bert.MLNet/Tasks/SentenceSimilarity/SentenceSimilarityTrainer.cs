using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to say how alike two texts are: a cross-encoder, which reads both at once.</summary>
/// <remarks>
/// Input: two text columns and a column of <see cref="float"/>, on any scale, of which NaN is a missing value. Output of what is fitted:
/// <c>Score</c>, a <see cref="float"/> on the same scale.
/// </remarks>
public sealed class SentenceSimilarityTrainer : SequenceTrainer<BertCrossEncoderTransformer>
{
    /// <summary>Settings of <see cref="SentenceSimilarityTrainer"/>.</summary>
    public sealed class Options : SequenceTrainingOptions
    {
        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string Sentence2ColumnName { get; set; } = "Sentence2";
    }

    private readonly Options _options;

    internal SentenceSimilarityTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(SentenceSimilarityTrainer), model, options = (Options)options.Copy(), options.Sentence2ColumnName)
    {
        _options = options;
        Host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        Host.CheckNonEmpty(options.Sentence2ColumnName, nameof(options.Sentence2ColumnName));
    }

    private protected override SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        InputColumn.Find(inputSchema, _options.LabelColumnName, nameof(_options.LabelColumnName), ValueColumn.Expected,
            column => column.ItemType == NumberDataViewType.Single && !column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar);
        return OutputShape.Add(inputSchema, [PredictionColumn.Regression(_options.ScoreColumnName)]);
    }

    private protected override TargetColumn Bind(DataViewSchema schema) => new ValueColumn(schema, _options.LabelColumnName);

    private protected override BertCrossEncoderTransformer CreateTransformer(BertModel trained, TargetColumn target) => new(
        Host, trained, new CrossEncoderSettings(_options.ScoreColumnName, _options.Sentence1ColumnName, _options.Sentence2ColumnName, BertScoreActivation.Identity, MaxLength), _options.Batching);
}
