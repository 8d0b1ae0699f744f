using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Finds the answer to a question in a context, with a checkpoint that was fine-tuned for question answering.</summary>
/// <remarks>
/// <para>
/// Input: two text columns; missing text is treated as empty text. Output: the answer, which is an exact part of the context; its
/// score, from 0 to 1; and its start and end in the context in UTF-16 code units, so that <c>context[start..end]</c> is the answer.
/// If <see cref="Options.TopK"/> is set, the columns are vectors of equal length in a row, with the most probable answer first. A
/// context without words has no answer: empty text with score 0, or empty vectors.
/// </para>
/// <para>
/// The answers are those of HuggingFace's <c>QuestionAnsweringPipeline</c>, with each part of the context at most once, for
/// checkpoints of <c>BertForQuestionAnswering</c> and the corresponding classes of other families. Contexts that are longer than the
/// model's maximum are read in overlapping windows. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the
/// encoder.
/// </para>
/// </remarks>
public sealed partial class BertQuestionAnsweringEstimator : IEstimator<BertQuestionAnsweringTransformer>
{
    private readonly TextEstimator<BertQuestionAnsweringTransformer> _step;

    internal BertQuestionAnsweringEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        EncoderOutput.StartLogits.Check(options.Checkpoint);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertQuestionAnsweringEstimator));
        _step = new(host, QuestionAnsweringOutputs.ColumnsOf(options), () => new BertQuestionAnsweringTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertQuestionAnsweringTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertQuestionAnsweringTransformer Create() => _step.Create();
}
