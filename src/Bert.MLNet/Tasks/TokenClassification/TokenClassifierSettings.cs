using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>A token classifier's options with everything decided.</summary>
internal sealed record TokenClassifierSettings
{
    public required string OutputColumnName { get; init; }

    public required string InputColumnName { get; init; }

    public required string TypesColumnName { get; init; }

    public required string ScoresColumnName { get; init; }

    public required string StartsColumnName { get; init; }

    public required string EndsColumnName { get; init; }

    public required BertAggregation Aggregation { get; init; }

    public required IReadOnlyList<string> IgnoreLabels { get; init; }

    public required int Stride { get; init; }

    public required int MaxLength { get; init; }

    /// <summary>What there is for each word; null: texts are not read as words.</summary>
    public WordOutputs? Words { get; init; }

    /// <summary>Options with the checkpoint's own settings where the user left null.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="options">The options.</param>
    /// <param name="labels">What keys of words' labels stand for; null: the names in the checkpoint's <c>id2label</c>.</param>
    /// <param name="scheme">The scheme in which words' labels are written; null: as they are predicted.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static TokenClassifierSettings Create(BertModel model, BertTokenClassifierEstimator.Options options, KeyValues? labels = null, TagScheme? scheme = null)
    {
        int maxLength = options.MaxLength ?? model.MaxSequenceLength;
        return new TokenClassifierSettings
        {
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.InputColumnName,
            TypesColumnName = options.TypesColumnName,
            ScoresColumnName = options.ScoresColumnName,
            StartsColumnName = options.StartsColumnName,
            EndsColumnName = options.EndsColumnName,
            Aggregation = options.Aggregation,
            IgnoreLabels = [.. options.IgnoreLabels],
            Stride = options.Stride ?? TextWindows.DefaultStride(maxLength),
            MaxLength = maxLength,
            Words = options.WordLabelsColumnName is { } words
                ? new WordOutputs(words, options.WordScoresColumnName, labels ?? KeyValues.Of(model.Config.LabelNames), model.Config.NumLabels, scheme)
                : null,
        }.Checked(model);
    }

    public AnswerColumns<EntitiesOfText> Answers
    {
        get
        {
            var answers = new AnswerColumns<EntitiesOfText>();
            Words?.AddTo(answers);
            answers.AddVector(OutputColumnName, TextDataViewType.Instance, answer => answer.Entities.Select(entity => answer.Text[entity.Start..entity.End]));
            answers.AddVector(TypesColumnName, TextDataViewType.Instance, answer => answer.Entities.Select(entity => entity.Type.AsMemory()));
            answers.AddVector(ScoresColumnName, NumberDataViewType.Single, answer => answer.Entities.Select(entity => entity.Score));
            answers.AddVector(StartsColumnName, NumberDataViewType.Int32, answer => answer.Entities.Select(entity => entity.Start));
            answers.AddVector(EndsColumnName, NumberDataViewType.Int32, answer => answer.Entities.Select(entity => entity.End));
            return answers;
        }
    }

    public StepColumns Columns => new StepColumns([(InputColumnName, nameof(BertTokenClassifierEstimator.Options.InputColumnName))], Answers.Columns) { HasWords = Words is not null }.Checked();

    public void Save(ModelSaveContext ctx, IHostEnvironment env)
    {
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveNonEmptyString(InputColumnName);
        ctx.SaveNonEmptyString(TypesColumnName);
        ctx.SaveNonEmptyString(ScoresColumnName);
        ctx.SaveNonEmptyString(StartsColumnName);
        ctx.SaveNonEmptyString(EndsColumnName);
        ctx.Writer.Write((byte)Aggregation);
        ctx.Writer.Write(IgnoreLabels.Count);
        foreach (string label in IgnoreLabels)
            ctx.SaveString(label);
        ctx.Writer.Write(Stride);
        ctx.Writer.Write(MaxLength);
        ctx.Writer.Write(Words is not null);
        Words?.Save(ctx, env);
    }

    public static TokenClassifierSettings Load(ModelLoadContext ctx, IHostEnvironment env, BertModel model) => new TokenClassifierSettings
    {
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
        TypesColumnName = ctx.LoadNonEmptyString(),
        ScoresColumnName = ctx.LoadNonEmptyString(),
        StartsColumnName = ctx.LoadNonEmptyString(),
        EndsColumnName = ctx.LoadNonEmptyString(),
        Aggregation = (BertAggregation)ctx.Reader.ReadByte(),
        IgnoreLabels = ReadStrings(ctx),
        Stride = ctx.Reader.ReadInt32(),
        MaxLength = ctx.Reader.ReadInt32(),
        Words = ctx.Reader.ReadBoolean() ? WordOutputs.Load(ctx, env, model.Config.NumLabels) : null,
    }.Checked(model);

    // Grows as it is read: no file is trusted with the size.
    private static List<string> ReadStrings(ModelLoadContext ctx)
    {
        var strings = new List<string>();
        for (int count = ctx.Reader.ReadInt32(); strings.Count < count;)
            strings.Add(ctx.LoadString());
        return strings;
    }

    private TokenClassifierSettings Checked(BertModel model)
    {
        if (!Enum.IsDefined(Aggregation))
            throw new ArgumentException($"{nameof(Aggregation)} is {Aggregation}; choose one of {string.Join(", ", Enum.GetNames<BertAggregation>())}.");
        if (Words is { Scheme: { } scheme } && !Enum.IsDefined(scheme))
            throw new FormatException($"The model file is damaged: there is no scheme {scheme} of tags. Save the model again.");
        model.CheckMaxLength(MaxLength);
        TextWindows.CheckStride(Stride, MaxLength);
        return this;
    }
}
