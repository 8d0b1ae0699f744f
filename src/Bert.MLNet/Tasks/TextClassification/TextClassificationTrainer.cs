using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to classify texts or pairs of texts, with one or several labels for each row.</summary>
/// <remarks>
/// Input: one or two text columns and a column of keys (<c>MapValueToKey</c>). Output of the fitted transformer:
/// <c>PredictedLabel</c>, a key with the values of the label column, for <c>MapKeyToValue</c>; <c>Score</c>, a vector of
/// <see cref="float"/> with a probability for each label and slots named after the labels. A label without training rows can be
/// predicted, but this is unlikely.
/// <para>
/// If the label column contains vectors, of keys or of <see cref="bool"/> with slot names, a row can have any number of labels.
/// <c>PredictedLabel</c> is then a vector of the keys of all labels that reach their thresholds, and the probabilities do not need
/// to add up to 1.
/// </para>
/// </remarks>
public sealed class TextClassificationTrainer : IEstimator<BertClassifierTransformer>
{
    /// <summary>The options of <see cref="TextClassificationTrainer"/>. Immutable.</summary>
    public sealed record Options : ClassificationTrainingOptions
    {
        /// <summary>
        /// The minimum probabilities of predicted labels: one value for all, or one for each label. Default 0.5. Used only if a row can
        /// have any number of labels.
        /// </summary>
        public IReadOnlyList<float> Thresholds
        {
            get;
            init => field = ContentList<float>.OfOrNull(value);
        } = new ContentList<float>([0.5f]);
    }

    private readonly IEstimator<BertClassifierTransformer> _trainer;

    internal TextClassificationTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        _trainer = ClassifierTraining.Trainer(env.Register(nameof(TextClassificationTrainer)), options,
            new() { Thresholds = options.Thresholds }, schema => LabelTarget.Find(schema, options), shape => AddOutputs(shape, options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertClassifierTransformer Fit(IDataView input) => _trainer.Fit(input);

    private static SchemaShape AddOutputs(SchemaShape shape, Options options)
    {
        // The labels and their number are known once there is data.
        KeyValues unknown = KeyValues.Of(["", ""]);
        SchemaShape.Column label = LabelTarget.Find(shape, options);
        int? size = label.Kind == SchemaShape.Column.VectorKind.Scalar ? null : 0;
        return OutputShape.Add(shape, [.. OutputShape.WithKeyValuesOf(
            label,
            PredictionColumn.Labels(options.OutputColumnName, unknown, size),
            PredictionColumn.Scores(options.ScoreColumnName, unknown))]);
    }
}
