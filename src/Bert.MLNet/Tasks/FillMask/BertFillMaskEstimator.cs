using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Guesses the words behind masks, with a checkpoint that still has the head of its pretraining: <c>BertForMaskedLM</c>, <c>BertForPreTraining</c> or <c>DistilBertForMaskedLM</c>.</summary>
/// <remarks>
/// <para>
/// Input: a text column, whose texts have the tokenizer's mask token (<c>[MASK]</c>) where a word is to be guessed. Output: three columns of vectors of
/// dimensions [masks, k]: the tokens that may stand there, the most probable first; their probabilities; the text with each of them, as the
/// tokenizer writes it. A row without masks has empty vectors. One mask stands for one token, and each is guessed for itself.
/// </para>
/// <para>
/// The guesses are those of HuggingFace's <c>FillMaskPipeline</c>. Of a text longer than the model a mask sees the window that shows the most around
/// it. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
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
}
