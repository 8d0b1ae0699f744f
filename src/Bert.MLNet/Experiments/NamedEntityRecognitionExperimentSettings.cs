namespace Bert.MLNet;

/// <summary>The settings of an experiment that searches for a model that finds named entities. Immutable.</summary>
/// <remarks>The models are compared by the F1 score over all entities.</remarks>
public sealed record NamedEntityRecognitionExperimentSettings : BertExperimentSettings
{
    /// <summary>The name of the label column: vectors of keys, one for each word or, with positions, for each entity. Default
    /// "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The name of the column of texts or words, as in <see cref="NamedEntityRecognitionTrainer"/>. Default
    /// "Sentence".</summary>
    public string Sentence1ColumnName { get; init; } = "Sentence";

    /// <summary>The name of the column with the starts of entities. Default null: the labels are those of words.</summary>
    public string? LabelStartsColumnName { get; init; }

    /// <summary>The name of the column with the ends of entities. Default null: the labels are those of words.</summary>
    public string? LabelEndsColumnName { get; init; }

    internal override void Check()
    {
        base.Check();
        Require(LabelColumnName.Length > 0, nameof(LabelColumnName), LabelColumnName, "the name of a column");
        Require(Sentence1ColumnName.Length > 0, nameof(Sentence1ColumnName), Sentence1ColumnName, "the name of a column");
        Require(LabelStartsColumnName is null == LabelEndsColumnName is null, nameof(LabelEndsColumnName), LabelEndsColumnName,
            $"null if, and only if, {nameof(LabelStartsColumnName)} is null");
    }
}
