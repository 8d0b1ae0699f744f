namespace Bert.MLNet;

/// <summary>The common options of trainers for texts and pairs of texts. Immutable.</summary>
public abstract record SequenceTrainingOptions : BertTrainingOptions
{
    /// <summary>The name of the label column. Default "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The name of the score column that the fitted transformer adds. Default "Score".</summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The name of the text column. Default "Sentence1".</summary>
    public string Sentence1ColumnName { get; init; } = "Sentence1";

    /// <summary>The checkpoint whose predictions are learned in addition to the labels. Default null: none.</summary>
    public BertDistillation? Distillation { get; init; }

    internal override void Check(BertModel model)
    {
        base.Check(model);
        Distillation?.Check();
    }
}
