using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>A classifier's options with everything decided, and the labels behind its keys.</summary>
internal sealed record ClassifierSettings
{
    public required string OutputColumnName { get; init; }

    public required string InputColumnName { get; init; }

    public string? PairColumnName { get; init; }

    public required string ScoreColumnName { get; init; }

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
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static ClassifierSettings Create(BertModel model, BertClassifierEstimator.Options options, KeyValues? labels = null)
    {
        BertConfig config = model.Config;
        BertProblemType problem = options.ProblemType ?? ProblemOf(config);
        return new ClassifierSettings
        {
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.InputColumnName,
            PairColumnName = options.PairColumnName,
            ScoreColumnName = options.ScoreColumnName,
            LogitsColumnName = options.LogitsColumnName,
            TopK = Math.Min(options.TopK, config.NumLabels),
            TopLabelsColumnName = options.TopLabelsColumnName,
            TopScoresColumnName = options.TopScoresColumnName,
            ProblemType = problem,
            Thresholds = options.Thresholds is [float one] ? [.. Enumerable.Repeat(one, config.NumLabels)] : [.. options.Thresholds],
            MaxLength = options.MaxLength ?? model.MaxSequenceLength,
            Labels = labels ?? KeyValues.Of(Enumerable.Range(0, config.NumLabels).Select(id => config.Id2Label[id])),
        }.Checked(model);
    }

    public void Save(ModelSaveContext ctx, IHostEnvironment env)
    {
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveNonEmptyString(InputColumnName);
        ctx.SaveStringOrNull(PairColumnName);
        ctx.SaveNonEmptyString(ScoreColumnName);
        ctx.SaveStringOrNull(LogitsColumnName);
        ctx.Writer.Write(TopK);
        ctx.SaveNonEmptyString(TopLabelsColumnName);
        ctx.SaveNonEmptyString(TopScoresColumnName);
        ctx.Writer.Write((byte)ProblemType);
        foreach (float threshold in Thresholds)
            ctx.Writer.Write(threshold);
        ctx.Writer.Write(MaxLength);
        Labels.Save(ctx, env);
    }

    public static ClassifierSettings Load(ModelLoadContext ctx, IHostEnvironment env, BertModel model) => new ClassifierSettings
    {
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
        PairColumnName = ctx.LoadStringOrNull(),
        ScoreColumnName = ctx.LoadNonEmptyString(),
        LogitsColumnName = ctx.LoadStringOrNull(),
        TopK = ctx.Reader.ReadInt32(),
        TopLabelsColumnName = ctx.LoadNonEmptyString(),
        TopScoresColumnName = ctx.LoadNonEmptyString(),
        ProblemType = (BertProblemType)ctx.Reader.ReadByte(),
        Thresholds = [.. Enumerable.Range(0, model.Config.NumLabels).Select(_ => ctx.Reader.ReadSingle())],
        MaxLength = ctx.Reader.ReadInt32(),
        Labels = KeyValues.Load(ctx, env),
    }.Checked(model);

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
        int labels = model.Config.NumLabels;
        if (!Enum.IsDefined(ProblemType))
            throw new ArgumentException($"{nameof(ProblemType)} is {ProblemType}; choose one of {string.Join(", ", Enum.GetNames<BertProblemType>())}.");
        if (ProblemType == BertProblemType.SingleLabelClassification && labels == 1)
            throw new ArgumentException($"{nameof(ProblemType)} is {ProblemType}, and '{model.Name}' has one label, which would always be it. Choose {BertProblemType.MultiLabelClassification} or {BertProblemType.Regression}.");
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
