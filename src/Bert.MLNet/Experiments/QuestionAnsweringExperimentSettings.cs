namespace Bert.MLNet;

/// <summary>The settings of an experiment that searches for a model that answers questions. Immutable.</summary>
public sealed record QuestionAnsweringExperimentSettings : BertExperimentSettings
{
    /// <summary>The name of the context column. Default "Context".</summary>
    public string ContextColumnName { get; init; } = "Context";

    /// <summary>The name of the question column. Default "Question".</summary>
    public string QuestionColumnName { get; init; } = "Question";

    /// <summary>The name of the column of correct answers: text, or vectors of text. Default "TrainingAnswer".</summary>
    public string TrainingAnswerColumnName { get; init; } = "TrainingAnswer";

    /// <summary>The name of the column of their starts in the context. Default "AnswerIndex".</summary>
    public string AnswerIndexStartColumnName { get; init; } = "AnswerIndex";

    /// <summary>The maximum number of predicted answers, returned as vectors; null for only the best. Default 3.</summary>
    public int? TopKAnswers { get; init; } = 3;

    /// <summary>The metric that chooses the best model. Default <see cref="BertAnswerMetric.F1Score"/>.</summary>
    public BertAnswerMetric OptimizingMetric { get; init; }

    internal override void Check()
    {
        base.Check();
        RequireDefined(OptimizingMetric, nameof(OptimizingMetric));
        Require(TopKAnswers is null or >= 1, nameof(TopKAnswers), TopKAnswers, "at least 1, or null");
    }
}
