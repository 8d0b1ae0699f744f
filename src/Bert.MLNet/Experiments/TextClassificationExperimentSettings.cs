using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>The settings of an experiment that searches for a classifier of texts or pairs of texts. Immutable.</summary>
public sealed record TextClassificationExperimentSettings : BertExperimentSettings
{
    /// <summary>
    /// The name of the label column: keys, text, <see cref="bool"/> or numbers. The model predicts labels of the same type. Default
    /// "Label".
    /// </summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The name of the text column. Default "Sentence1".</summary>
    public string Sentence1ColumnName { get; init; } = "Sentence1";

    /// <summary>The name of the column of second texts. Default null: rows have one text.</summary>
    public string? Sentence2ColumnName { get; init; }

    /// <summary>The metric that chooses the best model. Default <see cref="BertClassificationMetric.MicroAccuracy"/>.</summary>
    public BertClassificationMetric OptimizingMetric { get; init; }

    /// <summary>Further trainers to try on the vectors of each checkpoint. Default: none.</summary>
    public IReadOnlyList<BertVectorTrainer> VectorTrainers { get; init => field = ContentList<BertVectorTrainer>.OfOrNull(value); } =
        new ContentList<BertVectorTrainer>([]);

    internal override void Check()
    {
        base.Check();
        RequireDefined(OptimizingMetric, nameof(OptimizingMetric));
        Require(LabelColumnName?.Length > 0, nameof(LabelColumnName), LabelColumnName, "the name of a column");
        Require(Sentence1ColumnName?.Length > 0, nameof(Sentence1ColumnName), Sentence1ColumnName, "the name of a column");
    }
}
