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
public sealed class BertQuestionAnsweringEstimator : IEstimator<BertQuestionAnsweringTransformer>
{
    /// <summary>Settings of <see cref="BertQuestionAnsweringEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column that receives the answer. Default "Answer".</summary>
        public string OutputColumnName { get; set; } = "Answer";

        /// <summary>The column of questions. Default "Question".</summary>
        public string QuestionColumnName { get; set; } = "Question";

        /// <summary>The column of contexts. Default "Context".</summary>
        public string ContextColumnName { get; set; } = "Context";

        /// <summary>The column that receives the answer's score (<see cref="float"/>): the probability of its start times that of its end. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>The column that receives where the answer begins (<see cref="int"/>). Default "AnswerStart".</summary>
        public string StartColumnName { get; set; } = "AnswerStart";

        /// <summary>The column that receives where the answer ends (<see cref="int"/>). Default "AnswerEnd".</summary>
        public string EndColumnName { get; set; } = "AnswerEnd";

        /// <summary>How many answers the columns have, as vectors; fewer where the context has not so many. Default null: the best alone, as single values.</summary>
        public int? TopK { get; set; }

        /// <summary>The longest answer in tokens. Default 15.</summary>
        public int MaxAnswerLength { get; set; } = 15;

        /// <summary>Whether there may be no answer: empty text at 0, for a checkpoint that learnt from questions without answers. Default false.</summary>
        public bool HandleImpossibleAnswer { get; set; }

        /// <summary>How many tokens of the context a window repeats of the one before (<c>doc_stride</c>). Default null: half a window, at most 128.</summary>
        public int? Stride { get; set; }

        /// <summary>The longest window in tokens, question and special tokens included. Default null: as much as the checkpoint takes, at most 384. A question that leaves windows no room is cut.</summary>
        public int? MaxLength { get; set; }

        /// <summary>How rows are gathered into batches.</summary>
        public BertBatchOptions Batching { get; set; } = new();
    }

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly QuestionAnsweringSettings _settings;
    private readonly TextColumns _columns;
    private readonly BertBatchOptions _batching;

    internal BertQuestionAnsweringEstimator(IHostEnvironment env, BertModel model, Options options)
    {
        _host = env.Register(nameof(BertQuestionAnsweringEstimator));
        _host.CheckValue(model, nameof(model));
        _host.CheckValue(options, nameof(options));
        EncoderOutput.StartLogits.Check(model);
        _model = model;
        _settings = QuestionAnsweringSettings.Create(model, options);
        _columns = _settings.Columns;
        _batching = options.Batching.Validated();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return _columns.AddTo(inputSchema);
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public BertQuestionAnsweringTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        _columns.Bind(input.Schema);
        return new BertQuestionAnsweringTransformer(_host, _model, _settings, _batching);
    }
}
