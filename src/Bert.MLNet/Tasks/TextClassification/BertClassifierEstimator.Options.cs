using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertClassifierEstimator
{
    /// <summary>The options of <see cref="BertClassifierEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The name of the added column of predicted labels. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; init; } = "PredictedLabel";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The name of the column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; init; }

        /// <summary>The name of the added column of probabilities, or of values in a regression. Default "Score".</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>
        /// The name of an added column with the probability of the last label, a <see cref="float"/>. Default null: the column is omitted.
        /// If it is set, the outputs are those of ML.NET's binary classification.
        /// Requires a checkpoint with two labels, or with one label and
        /// a sigmoid.
        /// </summary>
        public string? ProbabilityColumnName { get; init; }

        /// <summary>The name of an added column of logits, a vector of <see cref="float"/>. Default null: the column is omitted.</summary>
        public string? LogitsColumnName { get; init; }

        /// <summary>
        /// The number of most probable labels in <see cref="TopLabelsColumnName"/> and <see cref="TopScoresColumnName"/>, limited by
        /// the number of labels. Default 0: the columns are omitted.
        /// </summary>
        public int TopK { get; init; }

        /// <summary>
        /// The name of the added column of the most probable labels, a vector of keys in descending order of probability. Default
        /// "TopLabels".
        /// </summary>
        public string TopLabelsColumnName { get; init; } = "TopLabels";

        /// <summary>The name of the added column of their probabilities, a vector of <see cref="float"/>. Default "TopScores".</summary>
        public string TopScoresColumnName { get; init; } = "TopScores";

        /// <summary>
        /// The meaning of the logits. Default null: <c>problem_type</c> in the checkpoint's config if it is set, otherwise a single
        /// label, or a sigmoid if the checkpoint has one label.
        /// </summary>
        public BertProblemType? ProblemType { get; init; }

        /// <summary>
        /// The minimum probabilities of predicted labels: one value for all, or one for each label. Default 0.5. Used only if a row can
        /// have any number of labels.
        /// </summary>
        public IReadOnlyList<float> Thresholds
        {
            get;
            init => field = ContentList<float>.OfOrNull(value);
        } = new ContentList<float>([0.5f]);

        /// <summary>
        /// The minimum probability of the most probable label. A text below it probably has none of the labels: it is out of scope.
        /// Requires a single label for each row. Default null: <see cref="InScopeColumnName"/> is omitted.
        /// </summary>
        public float? ScopeThreshold { get; init; }

        /// <summary>
        /// The name of the added column, a <see cref="bool"/>, that is false for a text out of scope. It is added if there is a
        /// <see cref="ScopeThreshold"/>, or if a trainer has determined a distance. The predicted label is the most probable one in any
        /// case. Default "IsInScope".
        /// </summary>
        public string InScopeColumnName { get; init; } = "IsInScope";

        // The labels of BertForNextSentencePrediction, whose config does not name them.
        private static readonly string[] NextSentenceLabels = ["IsNext", "NotNext"];

        /// <summary>The classification head.</summary>
        [JsonInclude]
        internal HeadKind Head { get; init; } = HeadKind.SequenceClassification;

        /// <summary>
        /// The values that the keys represent: those of the training column, or null for the names in the checkpoint's <c>id2label</c>.
        /// </summary>
        [JsonIgnore]
        internal KeyValues? Labels { get; init; }

        /// <summary>The largest distance of a text in scope from the nearest of <see cref="ScopeCenters"/>; null for none.</summary>
        [JsonInclude]
        internal float? ScopeDistance { get; init; }

        /// <summary>The centers of the labels, if there is a <see cref="ScopeDistance"/>.</summary>
        [JsonIgnore]
        internal ClassCenters? ScopeCenters { get; init; }

        /// <summary>The maximum number of labels.</summary>
        internal int LabelCount => Head == HeadKind.NextSentencePrediction ? NextSentenceLabels.Length : Checkpoint.Config.NumLabels;

        /// <summary>Whether the vectors of the checkpoint are the logits.</summary>
        internal bool ReadsVectors => Head == HeadKind.SequenceClassification && VectorClassifier.Is(Checkpoint);

        /// <summary>The encoder output that the head computes.</summary>
        internal EncoderOutput Logits =>
            Head == HeadKind.NextSentencePrediction ? EncoderOutput.NextSentenceLogits : EncoderOutput.SequenceLogits;

        /// <summary>Opens the computation of logits, for resolved options.</summary>
        internal TextWork<VectorRow, TokenSequence<float[]>> OpenScorer() => ReadsVectors
            ? VectorClassifier.Open(Checkpoint, MaxLength!.Value)
            : new SequenceScorer(Checkpoint, Logits, MaxLength!.Value);

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            BertConfig config = Checkpoint.Config;
            bool isNextSentence = Head == HeadKind.NextSentencePrediction;
            KeyValues labels = Labels ?? KeyValues.Of(isNextSentence ? NextSentenceLabels : config.LabelNames);
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                TopK = Math.Min(TopK, labels.Count),
                ProblemType = ProblemType ?? (isNextSentence ? BertProblemType.SingleLabelClassification : ProblemOf(config)),
                Thresholds = Thresholds is [float one] ? [.. Enumerable.Repeat(one, labels.Count)] : [.. Thresholds],
                MaxLength = MaxLength ?? Checkpoint.MaxSequenceLength,
                Labels = labels,
            }).Checked(Checkpoint);
        }

        // As in HuggingFace's pipeline, a classifier with a single label has a sigmoid.
        private static BertProblemType ProblemOf(BertConfig config) => config.ProblemType switch
        {
            "regression" => BertProblemType.Regression,
            "single_label_classification" when config.NumLabels > 1 => BertProblemType.SingleLabelClassification,
            null when config.NumLabels > 1 => BertProblemType.SingleLabelClassification,
            _ => BertProblemType.MultiLabelClassification,
        };

        private Options Checked(BertModel model)
        {
            int labels = LabelCount;
            if (Head == HeadKind.NextSentencePrediction && PairColumnName is null)
                throw new ArgumentException($"{nameof(PairColumnName)} is null. Name the column of second texts.");
            if (ReadsVectors && PairColumnName is not null)
                throw new ArgumentException(
                    $"{nameof(PairColumnName)} is '{PairColumnName}', but '{model.Name}' classifies the vector of one text. " +
                    "Leave it null.");
            if (!Enum.IsDefined(ProblemType!.Value))
                throw new ArgumentException(
                    $"{nameof(ProblemType)} is {ProblemType}; choose one of {string.Join(", ", Enum.GetNames<BertProblemType>())}.");
            if (ProblemType == BertProblemType.SingleLabelClassification && labels == 1)
                throw new ArgumentException(
                    $"{nameof(ProblemType)} is {ProblemType}, but '{model.Name}' has one label, which would always be predicted. " +
                    $"Choose {BertProblemType.MultiLabelClassification} or {BertProblemType.Regression}.");
            bool isBinary = (ProblemType.Value, labels)
                is (BertProblemType.SingleLabelClassification, 2) or (BertProblemType.MultiLabelClassification, 1);
            if (ProbabilityColumnName is not null && !isBinary)
                throw new ArgumentException(
                    $"{nameof(ProbabilityColumnName)} is '{ProbabilityColumnName}', " +
                    $"but '{model.Name}' has {labels} labels ({ProblemType}). " +
                    "Leave it null: a binary classification requires two labels, or a single one.");
            if (TopK < 0 || TopK > 0 && ProblemType == BertProblemType.Regression)
                throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be 0 or, if labels are predicted, more.");
            if (Thresholds.Count != labels || Thresholds.Any(float.IsNaN))
                throw new ArgumentException(
                    $"{nameof(Thresholds)} has {Thresholds.Count} numbers; " +
                    $"give one for all labels, or one for each of the {labels} of '{model.Name}'.");
            if (ScopeThreshold is { } threshold && !(threshold is >= 0 and <= 1))
                throw new ArgumentException($"{nameof(ScopeThreshold)} is {threshold}; it must be a probability from 0 to 1, or null.");
            if (ScopeThreshold is not null && ProblemType != BertProblemType.SingleLabelClassification)
                throw new ArgumentException(
                    $"{nameof(ScopeThreshold)} is {ScopeThreshold}, but '{model.Name}' does not predict a single label ({ProblemType}). " +
                    "Leave it null.");
            if (Labels!.Count != labels)
                throw new ArgumentException($"There are {Labels.Count} label values, but '{model.Name}' has {labels} labels.");
            model.CheckMaxLength(MaxLength!.Value, PairColumnName is not null);
            return this;
        }
    }
}
