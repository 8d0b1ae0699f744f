using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint for a yes/no classification of texts or pairs of texts.</summary>
/// <remarks>
/// Input: one or two text columns and a column of <see cref="bool"/>. Output of the fitted transformer, for
/// <c>BinaryClassification.Evaluate</c>: <c>PredictedLabel</c>, a <see cref="bool"/>, true from a probability of 0.5; <c>Score</c>,
/// a <see cref="float"/>, the log-odds of true; <c>Probability</c>, a <see cref="float"/>, the sigmoid of the score. The checkpoint
/// has two exclusive labels, <c>False</c> and <c>True</c>, with a softmax, as in HuggingFace's classes.
/// </remarks>
public sealed class TextClassificationBinaryTrainer : IEstimator<BertClassifierTransformer>
{
    /// <summary>The options of <see cref="TextClassificationBinaryTrainer"/>. Immutable.</summary>
    public sealed record Options : ClassificationTrainingOptions
    {
        /// <summary>The name of the column of probabilities that the fitted transformer adds. Default "Probability".</summary>
        public string ProbabilityColumnName { get; init; } = "Probability";
    }

    private readonly IEstimator<BertClassifierTransformer> _trainer;

    internal TextClassificationBinaryTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        _trainer = ClassifierTraining.Trainer(env.Register(nameof(TextClassificationBinaryTrainer)), options,
            new() { ProbabilityColumnName = options.ProbabilityColumnName }, schema => new BooleanTarget(schema, options), AddOutputs);

        SchemaShape AddOutputs(SchemaShape shape)
        {
            BooleanTarget.Check(shape, options);
            return OutputShape.Add(
                shape, PredictionColumn.Binary(options.OutputColumnName, options.ScoreColumnName, options.ProbabilityColumnName));
        }
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertClassifierTransformer Fit(IDataView input) => _trainer.Fit(input);
}
