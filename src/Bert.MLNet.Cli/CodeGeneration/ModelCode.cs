namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>What generated code of a task has that others do not have.</summary>
internal sealed record ModelCode
{
    /// <summary>The scenario of Model Builder, such as <c>TextClassification</c>.</summary>
    public required string Scenario { get; init; }

    /// <summary>The name of the trainer.</summary>
    public required string Trainer { get; init; }

    /// <summary>The metric by which models are compared.</summary>
    public required string MetricName { get; init; }

    /// <summary>The columns that the model reads, the label first.</summary>
    public required IReadOnlyList<CodeColumn> Inputs { get; init; }

    /// <summary>The columns that it adds.</summary>
    public required IReadOnlyList<CodeColumn> Outputs { get; init; }

    /// <summary>Members by which predictions are read, besides <c>Predict</c>.</summary>
    public string Prediction { get; init; } = "";

    /// <summary>The body of <c>BuildPipeline</c>, which has <c>mlContext</c> and <c>bert</c>.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The type of metrics.</summary>
    public required string Metrics { get; init; }

    /// <summary>The expression that measures <c>predictions</c> with <c>mlContext</c>.</summary>
    public required string Evaluation { get; init; }

    /// <summary>The metrics that the program shows.</summary>
    public required IReadOnlyList<string> MetricsShown { get; init; }

    /// <summary>Statements of the program that show <c>output</c>; MODEL stands for the class.</summary>
    public required string Show { get; init; }

    /// <summary>The texts of the row that the program predicts when it is given none.</summary>
    public required IReadOnlyList<string> Sample { get; init; }
}
