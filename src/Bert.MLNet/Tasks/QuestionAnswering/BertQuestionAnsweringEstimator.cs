using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Finds the answer to a question in a context, with a checkpoint that was fine-tuned for it: <c>BertForQuestionAnswering</c> or <c>DistilBertForQuestionAnswering</c>.</summary>
/// <remarks>
/// <para>
/// Input: two text columns; missing text is empty text. Output: the answer, a part of the context as it stands there; its score, from 0 to 1; where it begins
/// and ends in the context, in UTF-16 units, so that <c>context[start..end]</c> is the answer. With <see cref="Options.TopK"/> the columns are vectors of
/// one length in a row, the most probable answer first. A context without words has no answer: empty text of score 0, or empty vectors.
/// </para>
/// <para>
/// Answers are those of HuggingFace's <c>QuestionAnsweringPipeline</c>, each part of the context once. A context longer than the model is read in windows
/// that overlap. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
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
}
