using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>The options of filling masks with everything decided.</summary>
internal sealed record FillMaskSettings
{
    public required string OutputColumnName { get; init; }

    public required string InputColumnName { get; init; }

    public required string ScoresColumnName { get; init; }

    public required string FilledTextsColumnName { get; init; }

    public required int TopK { get; init; }

    /// <summary>The ids of the only tokens that may be given; empty for all of the vocabulary.</summary>
    public required IReadOnlyList<int> TargetIds { get; init; }

    public required int Stride { get; init; }

    public required int MaxLength { get; init; }

    /// <summary>Options with the checkpoint's own settings where the user left null.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static FillMaskSettings Create(BertModel model, BertFillMaskEstimator.Options options)
    {
        int maxLength = options.MaxLength ?? model.MaxSequenceLength;
        int[] targets = [.. Targets(model.Tokenizer, options.Targets)];
        if (options.Targets.Count > 0 && targets.Length == 0)
            throw new ArgumentException($"{nameof(BertFillMaskEstimator.Options.Targets)} has no word that '{model.Name}' knows.");
        return new FillMaskSettings
        {
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.InputColumnName,
            ScoresColumnName = options.ScoresColumnName,
            FilledTextsColumnName = options.FilledTextsColumnName,
            TopK = Math.Min(options.TopK, targets.Length > 0 ? targets.Length : model.Tokenizer.Vocabulary.Size),
            TargetIds = targets,
            Stride = options.Stride ?? TextWindows.DefaultStride(maxLength),
            MaxLength = maxLength,
        }.Checked(model);
    }

    public AnswerColumns<IReadOnlyList<FilledText>> Answers
    {
        get
        {
            var answers = new AnswerColumns<IReadOnlyList<FilledText>>();
            answers.AddVector(OutputColumnName, TextDataViewType.Instance, filled => filled.Select(text => text.Token.AsMemory()), 0, TopK);
            answers.AddVector(ScoresColumnName, NumberDataViewType.Single, filled => filled.Select(text => text.Score), 0, TopK);
            answers.AddVector(FilledTextsColumnName, TextDataViewType.Instance, filled => filled.Select(text => text.Text.AsMemory()), 0, TopK);
            return answers;
        }
    }

    public StepColumns Columns => new StepColumns([(InputColumnName, nameof(BertFillMaskEstimator.Options.InputColumnName))], Answers.Columns).Checked();

    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveNonEmptyString(InputColumnName);
        ctx.SaveNonEmptyString(ScoresColumnName);
        ctx.SaveNonEmptyString(FilledTextsColumnName);
        ctx.Writer.Write(TopK);
        ctx.Writer.Write(TargetIds.Count);
        foreach (int id in TargetIds)
            ctx.Writer.Write(id);
        ctx.Writer.Write(Stride);
        ctx.Writer.Write(MaxLength);
    }

    public static FillMaskSettings Load(ModelLoadContext ctx, BertModel model) => new FillMaskSettings
    {
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
        ScoresColumnName = ctx.LoadNonEmptyString(),
        FilledTextsColumnName = ctx.LoadNonEmptyString(),
        TopK = ctx.Reader.ReadInt32(),
        TargetIds = ReadIds(ctx.Reader),
        Stride = ctx.Reader.ReadInt32(),
        MaxLength = ctx.Reader.ReadInt32(),
    }.Checked(model);

    // A word that is no token stands for its first piece, as in HuggingFace's pipeline.
    private static IEnumerable<int> Targets(BertTokenizer tokenizer, IReadOnlyList<string> words)
    {
        var ids = new List<int>();
        foreach (string word in words)
        {
            if (tokenizer.Vocabulary.TryGetId(word, out int id))
                ids.Add(id);
            else
                ids.AddRange(tokenizer.Encode(word, options: new() { AddSpecialTokens = false }).Ids.Take(1));
        }
        return ids.Distinct();
    }

    // Grows as it is read: no file is trusted with the size.
    private static List<int> ReadIds(BinaryReader reader)
    {
        var ids = new List<int>();
        for (int count = reader.ReadInt32(); ids.Count < count;)
            ids.Add(reader.ReadInt32());
        return ids;
    }

    private FillMaskSettings Checked(BertModel model)
    {
        if (model.Tokenizer.MaskTokenId < 0)
            throw new NotSupportedException($"The vocabulary of '{model.Name}' has no mask token, so that no text can have one. Use another checkpoint.");
        if (TopK < 1)
            throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be at least 1.");
        if (TargetIds.Any(id => id < 0 || id >= model.Tokenizer.Vocabulary.Size))
            throw new ArgumentException($"There is a target that is no token of '{model.Name}'.");
        model.CheckMaxLength(MaxLength);
        TextWindows.CheckStride(Stride, MaxLength);
        return this;
    }
}
