using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>The options of question answering with everything decided.</summary>
internal sealed record QuestionAnsweringSettings
{
    private const int MaxDefaultLength = 384, MaxDefaultStride = 128;

    public required string OutputColumnName { get; init; }

    public required string QuestionColumnName { get; init; }

    public required string ContextColumnName { get; init; }

    public required string ScoreColumnName { get; init; }

    public required string StartColumnName { get; init; }

    public required string EndColumnName { get; init; }

    /// <summary>Null: there is no such column.</summary>
    public string? NoAnswerColumnName { get; init; }

    /// <summary>How many answers the columns have as vectors; null: the best, as single values.</summary>
    public int? TopK { get; init; }

    public required int MaxAnswerLength { get; init; }

    public required bool HandleImpossibleAnswer { get; init; }

    public float NoAnswerThreshold { get; init; } = 0.5f;

    public required int Stride { get; init; }

    public required int MaxLength { get; init; }

    /// <summary>Options with the checkpoint's own settings where the user left null.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static QuestionAnsweringSettings Create(BertModel model, BertQuestionAnsweringEstimator.Options options)
    {
        int maxLength = options.MaxLength ?? Math.Min(model.MaxSequenceLength, MaxDefaultLength);
        return new QuestionAnsweringSettings
        {
            OutputColumnName = options.OutputColumnName,
            QuestionColumnName = options.QuestionColumnName,
            ContextColumnName = options.ContextColumnName,
            ScoreColumnName = options.ScoreColumnName,
            StartColumnName = options.StartColumnName,
            EndColumnName = options.EndColumnName,
            NoAnswerColumnName = options.NoAnswerColumnName,
            TopK = options.TopK,
            MaxAnswerLength = options.MaxAnswerLength,
            HandleImpossibleAnswer = options.HandleImpossibleAnswer,
            NoAnswerThreshold = options.NoAnswerThreshold,
            Stride = options.Stride ?? Math.Min(MaxDefaultStride, maxLength / 2),
            MaxLength = maxLength,
        }.Checked(model);
    }

    public AnswerColumns<AnswersInContext> Answers
    {
        get
        {
            var answers = new AnswerColumns<AnswersInContext>();
            if (TopK is null)
            {
                answers.AddValue(OutputColumnName, TextDataViewType.Instance, answer => answer.TextOf(answer.Best));
                answers.AddValue(ScoreColumnName, NumberDataViewType.Single, answer => answer.Best.Score);
                answers.AddValue(StartColumnName, NumberDataViewType.Int32, answer => answer.Best.Start);
                answers.AddValue(EndColumnName, NumberDataViewType.Int32, answer => answer.Best.End);
            }
            else
            {
                answers.AddVector(OutputColumnName, TextDataViewType.Instance, answer => answer.Answers.Select(answer.TextOf));
                answers.AddVector(ScoreColumnName, NumberDataViewType.Single, answer => answer.Answers.Select(span => span.Score));
                answers.AddVector(StartColumnName, NumberDataViewType.Int32, answer => answer.Answers.Select(span => span.Start));
                answers.AddVector(EndColumnName, NumberDataViewType.Int32, answer => answer.Answers.Select(span => span.End));
            }
            if (NoAnswerColumnName is not null)
                answers.AddValue(NoAnswerColumnName, NumberDataViewType.Single, answer => answer.NoAnswer);
            return answers;
        }
    }

    public StepColumns Columns => new StepColumns(
        [(QuestionColumnName, nameof(BertQuestionAnsweringEstimator.Options.QuestionColumnName)), (ContextColumnName, nameof(BertQuestionAnsweringEstimator.Options.ContextColumnName))],
        Answers.Columns).Checked();

    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveNonEmptyString(QuestionColumnName);
        ctx.SaveNonEmptyString(ContextColumnName);
        ctx.SaveNonEmptyString(ScoreColumnName);
        ctx.SaveNonEmptyString(StartColumnName);
        ctx.SaveNonEmptyString(EndColumnName);
        ctx.Writer.Write(TopK ?? 0);
        ctx.Writer.Write(MaxAnswerLength);
        ctx.Writer.Write(HandleImpossibleAnswer);
        ctx.Writer.Write(Stride);
        ctx.Writer.Write(MaxLength);
        ctx.SaveStringOrNull(NoAnswerColumnName);
        ctx.Writer.Write(NoAnswerThreshold);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="ctx">Where it is.</param>
    /// <param name="model">The checkpoint.</param>
    /// <param name="hasThreshold">False for what was saved before there was a threshold for there being no answer.</param>
    public static QuestionAnsweringSettings Load(ModelLoadContext ctx, BertModel model, bool hasThreshold) => new QuestionAnsweringSettings
    {
        OutputColumnName = ctx.LoadNonEmptyString(),
        QuestionColumnName = ctx.LoadNonEmptyString(),
        ContextColumnName = ctx.LoadNonEmptyString(),
        ScoreColumnName = ctx.LoadNonEmptyString(),
        StartColumnName = ctx.LoadNonEmptyString(),
        EndColumnName = ctx.LoadNonEmptyString(),
        TopK = ctx.Reader.ReadInt32() is var count and not 0 ? count : null,
        MaxAnswerLength = ctx.Reader.ReadInt32(),
        HandleImpossibleAnswer = ctx.Reader.ReadBoolean(),
        Stride = ctx.Reader.ReadInt32(),
        MaxLength = ctx.Reader.ReadInt32(),
        NoAnswerColumnName = hasThreshold ? ctx.LoadStringOrNull() : null,
        NoAnswerThreshold = hasThreshold ? ctx.Reader.ReadSingle() : 0.5f,
    }.Checked(model);

    private QuestionAnsweringSettings Checked(BertModel model)
    {
        if (TopK < 1)
            throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be at least 1, or null for the best answer as single values.");
        if (MaxAnswerLength < 1)
            throw new ArgumentException($"{nameof(MaxAnswerLength)} is {MaxAnswerLength}; it must be at least 1 token.");
        if (NoAnswerThreshold is not (>= 0 and <= 1))
            throw new ArgumentException($"{nameof(NoAnswerThreshold)} is {NoAnswerThreshold}; it must be from 0 to 1.");
        model.CheckMaxLength(MaxLength, hasPair: true);
        int most = MaxLength - model.Tokenizer.Row.SpecialTokens(hasPair: true) - 2;
        if (Stride < 0 || Stride > most)
            throw new ArgumentException($"{nameof(Stride)} is {Stride}; it must be from 0 to {most}, so that a window of {MaxLength} has room for it, for a token of the question and for one that is new.");
        return this;
    }
}
