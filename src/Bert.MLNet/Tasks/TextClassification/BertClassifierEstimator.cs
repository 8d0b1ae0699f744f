using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Classifies texts or pairs of texts with a checkpoint that was fine-tuned or pretrained for it.
/// </summary>
/// <remarks>
/// <para>
/// Classification requires <c>BertForSequenceClassification</c> or the corresponding class of another family, or a checkpoint that was
/// trained with <see cref="ClassificationTrainingOptions.FewShot"/>. Predicting whether a text follows another requires a checkpoint that
/// was pretrained for it.
/// </para>
/// <para>
/// Input: one or two text columns; missing text is treated as empty text, and long text is truncated. Output, by
/// <see cref="BertProblemType"/>:
/// </para>
/// <list type="bullet">
/// <item>
/// <description> One label: <c>PredictedLabel</c>, a key whose values are the checkpoint's <c>id2label</c>, for <c>MapKeyToValue</c>;
/// <c>Score</c>, a vector of <see cref="float"/> with a probability for each label (softmax) and slots named after the labels.
/// </description>
/// </item>
/// <item>
/// <description> Any number of labels: <c>PredictedLabel</c>, a vector of such keys, in the order of <c>id2label</c>, for all labels
/// that reach their thresholds; <c>Score</c>, probabilities (sigmoid) that do not need to add up to 1. </description>
/// </item>
/// <item>
/// <description> Binary, if <see cref="Options.ProbabilityColumnName"/> is set: <c>PredictedLabel</c>, a <see cref="bool"/>, true from
/// a probability of 0.5; <c>Score</c>, the label's log-odds; <c>Probability</c>. These are the columns of ML.NET's
/// <c>BinaryClassification.Evaluate</c>. </description>
/// </item>
/// <item>
/// <description> Regression: no <c>PredictedLabel</c>; <c>Score</c>, the value, or a vector of values if the checkpoint has several.
/// </description>
/// </item>
/// </list>
/// <para>
/// ML.NET's <c>Evaluate</c> compares keys by number: map the labels of the data to keys in the order of <c>id2label</c>
/// (<c>MapValueToKey</c> with <c>keyData</c>). Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed partial class BertClassifierEstimator : IEstimator<BertClassifierTransformer>
{
    private readonly TextEstimator<BertClassifierTransformer> _step;

    internal BertClassifierEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        if (!options.ReadsVectors)
            options.Logits.Check(options.Checkpoint);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertClassifierEstimator));
        _step = new(host, new ClassifierOutputs(options).Columns, () => new BertClassifierTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertClassifierTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertClassifierTransformer Create() => _step.Create();
}
