using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Finds named entities, or other labelled spans, with a checkpoint that was fine-tuned for token classification.</summary>
/// <remarks>
/// <para>
/// Input: a text column; missing text is treated as empty text. Output: five vector columns, of equal length in a row, with an item
/// for each entity in the order of the text: its exact text, its type, its probability, and its start and end in UTF-16 code units,
/// so that <c>text[start..end]</c> is the entity.
/// </para>
/// <para>
/// Entities are those of HuggingFace's <c>TokenClassificationPipeline</c>, for checkpoints of <c>BertForTokenClassification</c> and
/// the corresponding classes of other families. Texts that are longer than the model's maximum are read in overlapping windows; of
/// overlapping entities, the longer one is kept. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the
/// encoder.
/// </para>
/// </remarks>
public sealed partial class BertTokenClassifierEstimator : IEstimator<BertTokenClassifierTransformer>
{
    private readonly TextEstimator<BertTokenClassifierTransformer> _step;

    internal BertTokenClassifierEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        EncoderOutput.TokenLogits.Check(options.Checkpoint);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertTokenClassifierEstimator));
        _step = new(host, TokenClassifierOutputs.ColumnsOf(options), () => new BertTokenClassifierTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertTokenClassifierTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertTokenClassifierTransformer Create() => _step.Create();
}
