using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>A classifier's options with everything decided, and the labels behind its keys.</summary>
internal sealed record ClassifierSettings
{
    // Of BertForNextSentencePrediction, whose config does not name them.
    private static readonly string[] NextSentenceLabels = ["IsNext", "NotNext"];

    /// <summary>The head that classifies.</summary>
    public HeadKind Head { get; init; } = HeadKind.SequenceClassification;

    /// <summary>What the encoder computes for it.</summary>
    public EncoderOutput Logits => Head == HeadKind.NextSentencePrediction ? EncoderOutput.NextSentenceLogits : EncoderOutput.SequenceLogits;

    public required string OutputColumnName { get; init; }

    public required string InputColumnName { get; init; }

    public string? PairColumnName { get; init; }

    public required string ScoreColumnName { get; init; }

    /// <summary>The column of the last label's probability; null where the outputs are not those of a binary classification.</summary>
    public string? ProbabilityColumnName { get; init; }

    public string? LogitsColumnName { get; init; }

    /// <summary>How many of the most probable labels the next two columns have; 0: there are no such columns.</summary>
    public int TopK { get; init; }

    public required string TopLabelsColumnName { get; init; }

    public required string TopScoresColumnName { get; init; }

    public required BertProblemType ProblemType { get; init; }

    /// <summary>From which probability each label is predicted, where any number of them may be.</summary>
    public required IReadOnlyList<float> Thresholds { get; init; }

    public required int MaxLength { get; init; }

    /// <summary>What the keys stand for: the checkpoint's names, or the values of the column that a trainer learnt from.</summary>
    public required KeyValues Labels { get; init; }

    /// <summary>Options with the checkpoint's own settings where the user left null.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="options">The options.</param>
    /// <param name="labels">What the keys stand for; null: the names in the checkpoint's <c>id2label</c>.</param>
    /// <param name="head">The head that classifies.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static ClassifierSettings Create(BertModel model, BertClassifierEstimator.Options options, KeyValues? labels = null, HeadKind head = HeadKind.SequenceClassification)
    {
        BertConfig config = model.Config;
        labels ??= KeyValues.Of(head == HeadKind.NextSentencePrediction ? NextSentenceLabels : config.LabelNames);
        return new ClassifierSettings
        {
            Head = head,
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.InputColumnName,
            PairColumnName = options.PairColumnName,
            ScoreColumnName = options.ScoreColumnName,
            ProbabilityColumnName = options.ProbabilityColumnName,
            LogitsColumnName = options.LogitsColumnName,
            TopK = Math.Min(options.TopK, labels.Count),
            TopLabelsColumnName = options.TopLabelsColumnName,
            TopScoresColumnName = options.TopScoresColumnName,
            ProblemType = options.ProblemType ?? (head == HeadKind.NextSentencePrediction ? BertProblemType.SingleLabelClassification : ProblemOf(config)),
            Thresholds = options.Thresholds is [float one] ? [.. Enumerable.Repeat(one, labels.Count)] : [.. options.Thresholds],
            MaxLength = options.MaxLength ?? model.MaxSequenceLength,
            Labels = labels,
        }.Checked(model);
    }

    public void Save(ModelSaveContext ctx, IHostEnvironment env)
    {
        ctx.Writer.Write((byte)Head);
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveNonEmptyString(InputColumnName);
        ctx.SaveStringOrNull(PairColumnName);
        ctx.SaveNonEmptyString(ScoreColumnName);
        ctx.SaveStringOrNull(ProbabilityColumnName);
        ctx.SaveStringOrNull(LogitsColumnName);
        ctx.Writer.Write(TopK);
        ctx.SaveNonEmptyString(TopLabelsColumnName);
        ctx.SaveNonEmptyString(TopScoresColumnName);
        ctx.Writer.Write((byte)ProblemType);
        ctx.Writer.Write(MaxLength);
        Labels.Save(ctx, env);
        foreach (float threshold in Thresholds)
            ctx.Writer.Write(threshold);
    }

    public static ClassifierSettings Load(ModelLoadContext ctx, IHostEnvironment env, BertModel model)
    {
        var settings = new ClassifierSettings
        {
            Head = (HeadKind)ctx.Reader.ReadByte(),
            OutputColumnName = ctx.LoadNonEmptyString(),
            InputColumnName = ctx.LoadNonEmptyString(),
            PairColumnName = ctx.LoadStringOrNull(),
            ScoreColumnName = ctx.LoadNonEmptyString(),
            ProbabilityColumnName = ctx.LoadStringOrNull(),
            LogitsColumnName = ctx.LoadStringOrNull(),
            TopK = ctx.Reader.ReadInt32(),
            TopLabelsColumnName = ctx.LoadNonEmptyString(),
            TopScoresColumnName = ctx.LoadNonEmptyString(),
            ProblemType = (BertProblemType)ctx.Reader.ReadByte(),
            MaxLength = ctx.Reader.ReadInt32(),
            Labels = KeyValues.Load(ctx, env, Math.Max(model.Config.NumLabels, NextSentenceLabels.Length)),
            Thresholds = [],
        };
        return (settings with { Thresholds = [.. Enumerable.Range(0, settings.Labels.Count).Select(_ => ctx.Reader.ReadSingle())] }).Checked(model);
    }

    // As HuggingFace's pipeline decides it: a single label of a classifier has a sigmoid.
    private static BertProblemType ProblemOf(BertConfig config) => config.ProblemType switch
    {
        "regression" => BertProblemType.Regression,
        "single_label_classification" when config.NumLabels > 1 => BertProblemType.SingleLabelClassification,
        null when config.NumLabels > 1 => BertProblemType.SingleLabelClassification,
        _ => BertProblemType.MultiLabelClassification,
    };

    private ClassifierSettings Checked(BertModel model)
    {
        int labels = Head == HeadKind.NextSentencePrediction ? NextSentenceLabels.Length : model.Config.NumLabels;
        if (Head == HeadKind.NextSentencePrediction && PairColumnName is null)
            throw new ArgumentException($"{nameof(PairColumnName)} is null. Name the column of the texts that may follow the others.");
        if (!Enum.IsDefined(ProblemType))
            throw new ArgumentException($"{nameof(ProblemType)} is {ProblemType}; choose one of {string.Join(", ", Enum.GetNames<BertProblemType>())}.");
        if (ProblemType == BertProblemType.SingleLabelClassification && labels == 1)
            throw new ArgumentException($"{nameof(ProblemType)} is {ProblemType}, and '{model.Name}' has one label, which would always be it. Choose {BertProblemType.MultiLabelClassification} or {BertProblemType.Regression}.");
        if (ProbabilityColumnName is not null && (ProblemType, labels) is not ((BertProblemType.SingleLabelClassification, 2) or (BertProblemType.MultiLabelClassification, 1)))
            throw new ArgumentException($"{nameof(ProbabilityColumnName)} is '{ProbabilityColumnName}', and '{model.Name}' has {labels} labels ({ProblemType}). Leave it null: only one of two labels, or a single one, is a binary classification.");
        if (TopK < 0 || TopK > 0 && ProblemType == BertProblemType.Regression)
            throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be 0 or, where labels are predicted, more.");
        if (Thresholds.Count != labels || Thresholds.Any(float.IsNaN))
            throw new ArgumentException($"{nameof(Thresholds)} has {Thresholds.Count} numbers; give one for all labels, or one for each of the {labels} of '{model.Name}'.");
        if (Labels.Count != labels)
            throw new ArgumentException($"There are {Labels.Count} label values, and '{model.Name}' has {labels} labels.");
        model.CheckMaxLength(MaxLength, PairColumnName is not null);
        return this;
    }
}
