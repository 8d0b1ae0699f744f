using Bert.MLNet.DataViews;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Classifies texts, or pairs of texts, with a checkpoint that was fine-tuned for it (<c>BertForSequenceClassification</c> or
/// <c>DistilBertForSequenceClassification</c>), or tells with one that was pretrained for it whether a text follows another.
/// </summary>
/// <remarks>
/// <para>Input: one or two text columns; missing text is empty text, long text is cut. Output, by <see cref="BertProblemType"/>:</para>
/// <list type="bullet">
/// <item><description>
/// One of the labels: <c>PredictedLabel</c>, a key whose values are the checkpoint's <c>id2label</c>, for <c>MapKeyToValue</c>; <c>Score</c>,
/// a vector of <see cref="float"/> with a probability for each label (softmax), slots named after them.
/// </description></item>
/// <item><description>Any number of labels: <c>PredictedLabel</c>, a vector of such keys in the order of <c>id2label</c>, as many as reach their thresholds; <c>Score</c>, probabilities (sigmoid) that need not add up to 1.</description></item>
/// <item><description>
/// Whether a label holds, where <see cref="Options.ProbabilityColumnName"/> is set: <c>PredictedLabel</c>, a <see cref="bool"/>, true from a
/// probability of 0.5 on; <c>Score</c>, the label's log-odds; <c>Probability</c>. These are the columns of ML.NET's <c>BinaryClassification.Evaluate</c>.
/// </description></item>
/// <item><description>Regression: no <c>PredictedLabel</c>; <c>Score</c>, the value, or a vector of them where the checkpoint has several.</description></item>
/// </list>
/// <para>
/// ML.NET's <c>Evaluate</c> compares keys by number: map the labels of the data to keys in the order of <c>id2label</c>
/// (<c>MapValueToKey</c> with <c>keyData</c>). Nothing is trained: <see cref="BertTaskEstimator{TTransformer}.Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed class BertClassifierEstimator : BertTaskEstimator<BertClassifierTransformer>
{
    /// <summary>Settings of <see cref="BertClassifierEstimator"/>.</summary>
    public sealed class Options : BertTaskOptions
    {
        /// <summary>The column of predicted labels that is added. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; set; } = "PredictedLabel";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";

        /// <summary>The column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; set; }

        /// <summary>The column of probabilities, or of values in a regression, that is added. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>
        /// The column that receives the probability of the last label, <see cref="float"/>, of a checkpoint with two labels, or with a single one that has a
        /// sigmoid. The outputs are then those of ML.NET's binary classification. Default null: there is no such column.
        /// </summary>
        public string? ProbabilityColumnName { get; set; }

        /// <summary>The column that receives the logits, a vector of <see cref="float"/>. Default null: none.</summary>
        public string? LogitsColumnName { get; set; }

        /// <summary>How many of the most probable labels are given in <see cref="TopLabelsColumnName"/> and <see cref="TopScoresColumnName"/>; at most all. Default 0: there are no such columns.</summary>
        public int TopK { get; set; }

        /// <summary>The column that receives the most probable labels, the most probable first: a vector of keys. Default "TopLabels".</summary>
        public string TopLabelsColumnName { get; set; } = "TopLabels";

        /// <summary>The column that receives their probabilities: a vector of <see cref="float"/>. Default "TopScores".</summary>
        public string TopScoresColumnName { get; set; } = "TopScores";

        /// <summary>What the logits mean. Default null: what <c>problem_type</c> in the checkpoint's config says; else one of the labels, or a sigmoid where there is a single one.</summary>
        public BertProblemType? ProblemType { get; set; }

        /// <summary>From which probability a label is predicted where any number of them may be: one number for all, or one for each label. Default 0.5.</summary>
        public IReadOnlyList<float> Thresholds { get; set; } = [0.5f];
    }

    private readonly ClassifierSettings _settings;

    internal BertClassifierEstimator(IHostEnvironment env, BertModel model, Options options, HeadKind head = HeadKind.SequenceClassification)
        : base(env, nameof(BertClassifierEstimator), model, options)
    {
        _settings = ClassifierSettings.Create(model, options, head: head);
        _settings.Logits.Check(model);
        Columns = new ClassifierOutputs(_settings).Columns;
    }

    private protected override StepColumns Columns { get; }

    private protected override BertClassifierTransformer Create(IHostEnvironment env) => new(env, Model, _settings, Batching);
}
