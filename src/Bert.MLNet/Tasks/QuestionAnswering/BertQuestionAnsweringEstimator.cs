using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
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
/// that overlap. Nothing is trained: <see cref="BertTaskEstimator{TTransformer}.Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed class BertQuestionAnsweringEstimator : BertTaskEstimator<BertQuestionAnsweringTransformer>
{
    /// <summary>Settings of <see cref="BertQuestionAnsweringEstimator"/>.</summary>
    public sealed class Options : BertTaskOptions
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

        /// <summary>
        /// From which share of the scores, 0 to 1, there is no answer: where the score of there being none, divided by that and the best answer's, is larger.
        /// 1: never. Default 0.5: where none is more probable than the best answer. A share of 1 / (1 + exp(−d)) stands for HuggingFace's
        /// <c>null_score_diff_threshold</c> d. Without effect unless <see cref="HandleImpossibleAnswer"/> is set.
        /// </summary>
        public float NoAnswerThreshold { get; set; } = 0.5f;

        /// <summary>The column that receives this share (<see cref="float"/>), by which <c>EvaluateQuestionAnswering</c> finds the best threshold. Default null: none.</summary>
        public string? NoAnswerColumnName { get; set; }

        /// <summary>How many tokens of the context a window repeats of the one before (<c>doc_stride</c>). Default null: half a window, at most 128.</summary>
        public int? Stride { get; set; }
    }

    private readonly QuestionAnsweringSettings _settings;

    internal BertQuestionAnsweringEstimator(IHostEnvironment env, BertModel model, Options options)
        : base(env, nameof(BertQuestionAnsweringEstimator), model, options)
    {
        EncoderOutput.StartLogits.Check(model);
        _settings = QuestionAnsweringSettings.Create(model, options);
        Columns = _settings.Columns;
    }

    private protected override StepColumns Columns { get; }

    private protected override BertQuestionAnsweringTransformer Create(IHostEnvironment env) => new(env, Model, _settings, Batching);
}
