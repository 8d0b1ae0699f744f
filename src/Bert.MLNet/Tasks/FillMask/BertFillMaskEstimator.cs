using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Predicts the words behind masks, with a checkpoint that has the head of its pretraining.</summary>
/// <remarks>
/// <para>
/// Input: a text column whose texts contain the tokenizer's mask token (BERT's is <c>[MASK]</c>) in the place of each word to predict.
/// Output: three vector columns of dimensions [masks, k] that contain the candidate tokens, most probable first; their
/// probabilities; and the text with each of them, as decoded by the tokenizer. The vectors of a row without masks are empty. A mask
/// represents one token, and each mask is predicted separately.
/// </para>
/// <para>
/// The predictions are those of HuggingFace's <c>FillMaskPipeline</c>, for checkpoints of <c>BertForMaskedLM</c>,
/// <c>BertForPreTraining</c> and the corresponding classes of other families. If a text is longer than the model's maximum, a mask is
/// predicted in the window with the most text around it. Nothing is trained: <see cref="Fit"/> only checks the schema and
/// opens the encoder.
/// </para>
/// </remarks>
public sealed partial class BertFillMaskEstimator : IEstimator<BertFillMaskTransformer>
{
    private readonly TextEstimator<BertFillMaskTransformer> _step;

    internal BertFillMaskEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        EncoderOutput.MaskedWordLogits.Check(options.Checkpoint);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertFillMaskEstimator));
        _step = new(host, FillMaskOutputs.ColumnsOf(options), () => new BertFillMaskTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertFillMaskTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertFillMaskTransformer Create() => _step.Create();
}
