using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to tell whether something holds of a text, or of a pair of texts.</summary>
/// <remarks>
/// Input: one or two text columns and a column of <see cref="bool"/>. Output of what is fitted, for <c>BinaryClassification.Evaluate</c>:
/// <c>PredictedLabel</c>, a <see cref="bool"/>, true from a probability of 0.5 on; <c>Score</c>, a <see cref="float"/>, the log-odds of true; <c>Probability</c>, a <see cref="float"/>,
/// the sigmoid of it. The checkpoint gets two labels, <c>False</c> and <c>True</c>, and one of them is right (softmax), as HuggingFace's classes have it.
/// </remarks>
public sealed class TextClassificationBinaryTrainer : ClassificationTrainer
{
    /// <summary>Settings of <see cref="TextClassificationBinaryTrainer"/>.</summary>
    public sealed class Options : ClassificationTrainingOptions
    {
        /// <summary>The column of probabilities that the fitted transformer adds. Default "Probability".</summary>
        public string ProbabilityColumnName { get; set; } = "Probability";
    }

    private readonly Options _options;

    internal TextClassificationBinaryTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(TextClassificationBinaryTrainer), model, options = (Options)options.Copy(), options.OutputColumnName, options.ScoreColumnName, options.ProbabilityColumnName) =>
        _options = options;

    private protected override SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        BooleanTarget.Check(inputSchema, _options);
        return OutputShape.Add(inputSchema, PredictionColumn.Binary(_options.OutputColumnName, _options.ScoreColumnName, _options.ProbabilityColumnName));
    }

    private protected override TrainingTarget Bind(DataViewSchema schema) => new BooleanTarget(schema, _options);

    private protected override void Complete(BertClassifierEstimator.Options outputs) => outputs.ProbabilityColumnName = _options.ProbabilityColumnName;
}
