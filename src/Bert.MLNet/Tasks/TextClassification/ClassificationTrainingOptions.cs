using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>The common options of trainers for classifiers. Immutable.</summary>
public abstract record ClassificationTrainingOptions : SequenceTrainingOptions
{
    /// <summary>The name of the column of predicted labels that the fitted transformer adds. Default "PredictedLabel".</summary>
    public string OutputColumnName { get; init; } = "PredictedLabel";

    /// <summary>The name of the column of second texts. Default null: rows have one text.</summary>
    public string? Sentence2ColumnName { get; init; }

    /// <summary>The share of probability, from 0 to 1, that is distributed over all labels. Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>A weight for each label in the loss, in the order of the keys, or for false and true. Default null: 1 for all.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init => field = ContentList<float>.OfOrNull(value); }

    /// <summary>
    /// Whether rare labels weigh more, so that all labels have the same share in the loss. <see cref="ClassWeights"/> take
    /// precedence. Default false.
    /// </summary>
    public bool BalanceClasses { get; init; }

    /// <summary>
    /// Whether probabilities are calibrated on the validation rows, if there are any: the last layer is divided by the temperature, from 1
    /// to 100, that has the smallest log-loss (Guo et al., 2017, arXiv:1706.04599). This does not change which label is the most probable
    /// one, or which have a probability of at least one half. It does not apply to <see cref="FewShot"/>. Default true.
    /// </summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>
    /// The temperature, from 1 to 100, for <see cref="Calibrate"/> without validation rows, such as one that was found by cross-validation.
    /// Default 1.
    /// </summary>
    public double CalibrationTemperature { get; init; } = 1;

    /// <summary>
    /// Trains from a few rows of each label: first the encoder, from pairs of rows, then a head over its vectors. Requires one text and one
    /// label in each row, and at least two rows of each label. <see cref="BertTrainingOptions.MaxEpochs"/>,
    /// <see cref="BertTrainingOptions.EarlyStoppingPatience"/> and <see cref="LabelSmoothing"/> only apply to a
    /// <see cref="BertFewShotHead.Differentiable"/> head. Default null: fine-tunes the encoder and a new head together.
    /// </summary>
    public BertFewShotOptions? FewShot { get; init; }

    /// <summary>
    /// The size of each direction of a bidirectional LSTM that is trained over the last hidden states, before the labels; 0 for none.
    /// Default null: as in the checkpoint, usually none.
    /// </summary>
    public int? LstmSize { get; init; }

    /// <summary>
    /// The share of texts with one of the labels that the fitted transformer accepts as in scope, above 0 and at most 1. It determines
    /// <see cref="BertClassifierTransformer.ScopeThreshold"/> or <see cref="BertClassifierTransformer.ScopeDistance"/> on the validation
    /// rows: other texts probably have none of the labels. Requires validation rows and one label for each row. Default null: the fitted
    /// transformer does not add <see cref="InScopeColumnName"/>.
    /// </summary>
    public double? InScopeRate { get; init; }

    /// <summary>
    /// How texts out of scope are recognized if there is an <see cref="InScopeRate"/>. Default <see cref="BertScopeMethod.Probability"/>.
    /// With <see cref="BertScopeMethod.Distance"/>, the trained checkpoint also predicts the training rows once.
    /// </summary>
    public BertScopeMethod InScopeMethod { get; init; }

    /// <summary>
    /// The name of the column, a <see cref="bool"/>, that the fitted transformer adds if there is an <see cref="InScopeRate"/>. Default
    /// "IsInScope".
    /// </summary>
    public string InScopeColumnName { get; init; } = "IsInScope";

    /// <summary>The temperature without validation rows; null if probabilities are not calibrated.</summary>
    internal double? Temperature => Calibrate ? CalibrationTemperature : null;

    internal override void Check(BertModel model)
    {
        base.Check(model);
        Require(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "at least 0 and less than 1");
        bool areWeights = ClassWeights?.All(weight => weight >= 0 && float.IsFinite(weight)) ?? true;
        Require(areWeights, nameof(ClassWeights), ClassWeights, "numbers from 0");
        Require(CalibrationTemperature is >= 1 and <= Training.CalibrationTemperature.Highest, nameof(CalibrationTemperature),
            CalibrationTemperature, $"from 1 to {Training.CalibrationTemperature.Highest}");
        Require(InScopeRate is null or (> 0 and <= 1), nameof(InScopeRate), InScopeRate, "above 0 and at most 1");
        Require(Enum.IsDefined(InScopeMethod), nameof(InScopeMethod), InScopeMethod,
            $"one of {string.Join(", ", Enum.GetNames<BertScopeMethod>())}");
        Require(InScopeRate is null || ValidationSet is not null || ValidationFraction > 0, nameof(InScopeRate), InScopeRate,
            $"null, or there must be validation rows: set {nameof(ValidationSet)} or {nameof(ValidationFraction)}");
        Require(LstmSize is null or >= 0 and <= HeadLayer.LargestLstm, nameof(LstmSize), LstmSize,
            $"null, or from 0 to {HeadLayer.LargestLstm}");
        if (FewShot is not null)
        {
            Require(LstmSize is null or 0, nameof(LstmSize), LstmSize, $"null or 0 with {nameof(FewShot)}, which has heads of its own");
            FewShot.Check();
            VectorTraining.Check(model);
            Require(Sentence2ColumnName is null, nameof(Sentence2ColumnName), Sentence2ColumnName,
                $"null with {nameof(FewShot)}, which computes a vector for each text");
            Require(Distillation is null, nameof(Distillation), Distillation, $"null with {nameof(FewShot)}, which learns from labels");
        }
    }
}
