using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet;

public sealed partial class BertClassifierEstimator
{
    /// <summary>The options of <see cref="BertClassifierEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The column of predicted labels that is added. Default "PredictedLabel".</summary>
        public string OutputColumnName { get; init; } = "PredictedLabel";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; init; }

        /// <summary>The column of probabilities, or of values in a regression, that is added. Default "Score".</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>
        /// The column that receives the probability of the last label, <see cref="float"/>, of a checkpoint with two labels, or with a single one that has a
        /// sigmoid. The outputs are then those of ML.NET's binary classification. Default null: there is no such column.
        /// </summary>
        public string? ProbabilityColumnName { get; init; }

        /// <summary>The column that receives the logits, a vector of <see cref="float"/>. Default null: none.</summary>
        public string? LogitsColumnName { get; init; }

        /// <summary>How many of the most probable labels are given in <see cref="TopLabelsColumnName"/> and <see cref="TopScoresColumnName"/>; at most all. Default 0: there are no such columns.</summary>
        public int TopK { get; init; }

        /// <summary>The column that receives the most probable labels, the most probable first: a vector of keys. Default "TopLabels".</summary>
        public string TopLabelsColumnName { get; init; } = "TopLabels";

        /// <summary>The column that receives their probabilities: a vector of <see cref="float"/>. Default "TopScores".</summary>
        public string TopScoresColumnName { get; init; } = "TopScores";

        /// <summary>What the logits mean. Default null: what <c>problem_type</c> in the checkpoint's config says; else one of the labels, or a sigmoid where there is a single one.</summary>
        public BertProblemType? ProblemType { get; init; }

        /// <summary>From which probability a label is predicted where any number of them may be: one number for all, or one for each label. Default 0.5.</summary>
        public IReadOnlyList<float> Thresholds { get; init; } = [0.5f];

        // Of BertForNextSentencePrediction, whose config does not name them.
        private static readonly string[] NextSentenceLabels = ["IsNext", "NotNext"];

        /// <summary>The head that classifies.</summary>
        [JsonInclude]
        internal HeadKind Head { get; init; } = HeadKind.SequenceClassification;

        /// <summary>What keys stand for: the values of the column that a trainer learnt from; null: the names in the checkpoint's <c>id2label</c>.</summary>
        [JsonIgnore]
        internal KeyValues? Labels { get; init; }

        /// <summary>The most labels that there can be.</summary>
        internal int LabelCount => Head == HeadKind.NextSentencePrediction ? NextSentenceLabels.Length : Checkpoint.Config.NumLabels;

        /// <summary>What the encoder computes for the head.</summary>
        internal EncoderOutput Logits => Head == HeadKind.NextSentencePrediction ? EncoderOutput.NextSentenceLogits : EncoderOutput.SequenceLogits;

        /// <summary>These options with every null resolved against the checkpoint, checked.</summary>
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

        // As HuggingFace's pipeline decides it: a single label of a classifier has a sigmoid.
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
                throw new ArgumentException($"{nameof(PairColumnName)} is null. Name the column of the texts that may follow the others.");
            if (!Enum.IsDefined(ProblemType!.Value))
                throw new ArgumentException($"{nameof(ProblemType)} is {ProblemType}; choose one of {string.Join(", ", Enum.GetNames<BertProblemType>())}.");
            if (ProblemType == BertProblemType.SingleLabelClassification && labels == 1)
                throw new ArgumentException($"{nameof(ProblemType)} is {ProblemType}, and '{model.Name}' has one label, which would always be it. Choose {BertProblemType.MultiLabelClassification} or {BertProblemType.Regression}.");
            if (ProbabilityColumnName is not null && (ProblemType.Value, labels) is not ((BertProblemType.SingleLabelClassification, 2) or (BertProblemType.MultiLabelClassification, 1)))
                throw new ArgumentException($"{nameof(ProbabilityColumnName)} is '{ProbabilityColumnName}', and '{model.Name}' has {labels} labels ({ProblemType}). Leave it null: only one of two labels, or a single one, is a binary classification.");
            if (TopK < 0 || TopK > 0 && ProblemType == BertProblemType.Regression)
                throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be 0 or, where labels are predicted, more.");
            if (Thresholds.Count != labels || Thresholds.Any(float.IsNaN))
                throw new ArgumentException($"{nameof(Thresholds)} has {Thresholds.Count} numbers; give one for all labels, or one for each of the {labels} of '{model.Name}'.");
            if (Labels!.Count != labels)
                throw new ArgumentException($"There are {Labels.Count} label values, and '{model.Name}' has {labels} labels.");
            model.CheckMaxLength(MaxLength!.Value, PairColumnName is not null);
            return this;
        }
    }
}
