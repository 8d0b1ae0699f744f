namespace Bert.MLNet;

/// <summary>The options that trainers of texts and pairs of texts have in common.</summary>
public abstract record SequenceTrainingOptions : BertTrainingOptions
{
    /// <summary>The column of labels. Default "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The column of scores that the fitted transformer adds. Default "Score".</summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The column of texts. Default "Sentence1".</summary>
    public string Sentence1ColumnName { get; init; } = "Sentence1";
}
