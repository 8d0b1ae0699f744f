using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertZeroShotClassifierEstimator
{
    /// <summary>The options of <see cref="BertZeroShotClassifierEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The name of the added column of predicted labels. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; init; } = "PredictedLabel";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>
        /// The labels to choose from, the same for all rows. Default empty: each row has its own, in
        /// <see cref="CandidateLabelsColumnName"/>.
        /// </summary>
        public IReadOnlyList<string> CandidateLabels
        {
            get;
            init => field = ContentList<string>.OfOrNull(value);
        } = new ContentList<string>([]);

        /// <summary>
        /// The name of the column of each row's labels: a vector of text, or a text with commas between labels. Blank labels are skipped.
        /// Default null: <see cref="CandidateLabels"/>.
        /// </summary>
        public string? CandidateLabelsColumnName { get; init; }

        /// <summary>
        /// The hypothesis, with <c>{}</c> in place of the label. Default "This example is {}.". A hypothesis in the language of the texts
        /// that names the subject, such as "This review is about {}.", often gives better results.
        /// </summary>
        public string HypothesisTemplate { get; init; } = "This example is {}.";

        /// <summary>
        /// Whether any number of labels can be true, so that each has a score of its own. Default false: the scores of a row add up to 1.
        /// </summary>
        public bool MultiLabel { get; init; }

        /// <summary>
        /// The name of the checkpoint's label for entailment. Default null: the first in <c>id2label</c> that starts with "entail", in
        /// upper or lower case, otherwise, after a warning, the last.
        /// </summary>
        public string? EntailmentLabel { get; init; }

        /// <summary>The name of the added column of scores. Default "Score".</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>
        /// The name of the added column with the label of each score, a vector of text. Default "ScoreLabels". Added only if each row has
        /// its own labels; otherwise the slots of the scores have their names.
        /// </summary>
        public string LabelsColumnName { get; init; } = "ScoreLabels";

        /// <summary>
        /// The number of labels with the highest scores in <see cref="TopLabelsColumnName"/> and <see cref="TopScoresColumnName"/>, limited
        /// by a row's number of labels. Default 0: the columns are omitted.
        /// </summary>
        public int TopK { get; init; }

        /// <summary>
        /// The name of the added column of the labels with the highest scores, a vector of text in descending order of scores. Default
        /// "TopLabels".
        /// </summary>
        public string TopLabelsColumnName { get; init; } = "TopLabels";

        /// <summary>The name of the added column of their scores, a vector of <see cref="float"/>. Default "TopScores".</summary>
        public string TopScoresColumnName { get; init; } = "TopScores";

        /// <summary>The index of the logit for entailment. The options must be resolved.</summary>
        internal int EntailmentId => IndexOf(Checkpoint.Config, EntailmentLabel!);

        /// <summary>The index of the logit for contradiction: the first one or, if that is entailment, the last.</summary>
        internal int ContradictionId => EntailmentId == 0 ? Checkpoint.Config.NumLabels - 1 : 0;

        /// <summary>Returns the first label of a checkpoint that is named after entailment, or null if none is.</summary>
        internal static string? FindEntailment(BertConfig config) =>
            config.LabelNames.FirstOrDefault(label => label.StartsWith("entail", StringComparison.OrdinalIgnoreCase));

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        /// <exception cref="NotSupportedException">The checkpoint has one label, so it is not for natural language inference.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            BertConfig config = Checkpoint.Config;
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                TopK = CandidateLabels.Count > 0 ? Math.Min(TopK, CandidateLabels.Count) : TopK,
                EntailmentLabel = EntailmentLabel ?? FindEntailment(config) ?? config.LabelNames[^1],
                MaxLength = MaxLength ?? Checkpoint.MaxSequenceLength,
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (model.Config.NumLabels < 2)
                throw new NotSupportedException(
                    $"'{model.Name}' has one label, but natural language inference needs entailment and contradiction. Use a checkpoint " +
                    "that was fine-tuned for NLI.");
            if (EntailmentId < 0)
                throw new ArgumentException(
                    $"{nameof(EntailmentLabel)} is '{EntailmentLabel}', but the labels of '{model.Name}' are " +
                    $"{string.Join(", ", model.Config.LabelNames.Take(20))}. Name one of them.");
            if (HypothesisTemplate.Split(Hypotheses.Slot).Length != 2)
                throw new ArgumentException(
                    $"{nameof(HypothesisTemplate)} is '{HypothesisTemplate}'; it must contain {Hypotheses.Slot} once, in place of the " +
                    "label.");
            if (TopK < 0)
                throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be at least 0.");
            model.CheckMaxLength(MaxLength!.Value, hasPair: true);
            CheckLabels(model);
            return this;
        }

        private void CheckLabels(BertModel model)
        {
            if (CandidateLabelsColumnName is null != CandidateLabels.Count > 0)
                throw new ArgumentException(
                    $"Set either {nameof(CandidateLabels)}, the labels of all rows, or {nameof(CandidateLabelsColumnName)}, the column " +
                    "of each row's labels.");
            if (CandidateLabels.Any(string.IsNullOrWhiteSpace))
                throw new ArgumentException($"{nameof(CandidateLabels)} contains an empty label. Remove it, or give it a name.");
            var hypotheses = new Hypotheses(model.Tokenizer, HypothesisTemplate, MaxLength!.Value);
            foreach (string label in CandidateLabels)
                hypotheses.TokensOf(label);
        }

        private static int IndexOf(BertConfig config, string label) => config.LabelNames.ToList().IndexOf(label);
    }
}
