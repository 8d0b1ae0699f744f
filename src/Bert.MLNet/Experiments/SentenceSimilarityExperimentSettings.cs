using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>The settings of an experiment that searches for a model of the similarity of two texts. Immutable.</summary>
public sealed record SentenceSimilarityExperimentSettings : BertExperimentSettings
{
    /// <summary>The name of the label column (<see cref="float"/>, on any scale). Default "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The name of the column of first texts. Default "Sentence1".</summary>
    public string Sentence1ColumnName { get; init; } = "Sentence1";

    /// <summary>The name of the column of second texts. Default "Sentence2".</summary>
    public string Sentence2ColumnName { get; init; } = "Sentence2";

    /// <summary>The metric that chooses the best model. Default <see cref="BertSimilarityMetric.PearsonCorrelation"/>.</summary>
    public BertSimilarityMetric OptimizingMetric { get; init; }

    /// <summary>Further trainers to try on the features of each checkpoint. Default: none.</summary>
    public IReadOnlyList<BertVectorTrainer> VectorTrainers { get; init => field = ContentList<BertVectorTrainer>.OfOrNull(value); } =
        new ContentList<BertVectorTrainer>([]);

    internal override void Check()
    {
        base.Check();
        RequireDefined(OptimizingMetric, nameof(OptimizingMetric));
        foreach ((string name, string value) in new[] { (nameof(LabelColumnName), LabelColumnName),
            (nameof(Sentence1ColumnName), Sentence1ColumnName), (nameof(Sentence2ColumnName), Sentence2ColumnName) })
            Require(value?.Length > 0, name, value, "the name of a column");
    }
}
