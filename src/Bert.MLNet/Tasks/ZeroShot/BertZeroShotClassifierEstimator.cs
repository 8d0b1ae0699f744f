using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Classifies texts by labels that the checkpoint was not trained for, with a checkpoint for natural language inference (NLI).
/// </summary>
/// <remarks>
/// <para>
/// A checkpoint for NLI predicts whether a text entails a hypothesis, such as "This example is politics.". The step reads each text once
/// with the hypothesis of each candidate label. The candidate labels are the same for all rows, or each row has its own in a column. If a
/// text and a hypothesis are too long together, the text is truncated.
/// </para>
/// <para>
/// Input: a text column; missing text is treated as empty text. Output: <c>PredictedLabel</c>, the label with the highest score, as text;
/// <c>Score</c>, a vector of <see cref="float"/> with a score from 0 to 1 for each label, whose slots are named after the labels if they
/// are the same for all rows. If each row has its own labels, the vector has their number, and another column contains the labels of the
/// scores. A row without labels has empty vectors and an empty label.
/// </para>
/// <para>
/// The scores are those of HuggingFace's <c>ZeroShotClassificationPipeline</c>. If one label is to be chosen, they are the softmax of the
/// entailment logits over all labels and add up to 1. If any number of labels can be true, or there is one candidate, each is the softmax
/// of the contradiction and the entailment logit. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed partial class BertZeroShotClassifierEstimator : IEstimator<BertZeroShotClassifierTransformer>
{
    private readonly TextEstimator<BertZeroShotClassifierTransformer> _step;

    internal BertZeroShotClassifierEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        EncoderOutput.SequenceLogits.Check(options.Checkpoint);
        bool isGuess = options.EntailmentLabel is null && Options.FindEntailment(options.Checkpoint.Config) is null;
        options = options.Resolve();
        IHost host = env.Register(nameof(BertZeroShotClassifierEstimator));
        if (isGuess)
        {
            using IChannel channel = host.Start("Labels");
            channel.Warning(
                $"No label of '{options.Checkpoint.Name}' starts with 'entail', so its last label, '{options.EntailmentLabel}', is used, " +
                $"as HuggingFace's pipeline does. If that is not entailment, set {nameof(options.EntailmentLabel)}.");
        }
        _step = new(host, ZeroShotOutputs.ColumnsOf(options), () => new BertZeroShotClassifierTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertZeroShotClassifierTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertZeroShotClassifierTransformer Create() => _step.Create();
}
