using Bert.MLNet.Cli.Tables;

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

    /// <summary>The columns that the model learns from; a prediction does not look at them.</summary>
    public required IReadOnlyList<CodeColumn> Labels { get; init; }

    /// <summary>The columns that a prediction is made of.</summary>
    public required IReadOnlyList<CodeColumn> Texts { get; init; }

    /// <summary>All columns that the model reads.</summary>
    public IReadOnlyList<CodeColumn> Inputs => [.. Labels, .. Texts];

    /// <summary>What is read of predictions.</summary>
    public required IReadOnlyList<CodeColumn> Outputs { get; init; }

    /// <summary>The expression that makes an input of <c>cells</c>, those of a table in the order of its source; null: each is an input.</summary>
    public string? RowOfCells { get; init; }

    /// <summary>The expression that reads inputs from <c>inputDataFilePath</c> in a form that has no cells; null for forms that have.</summary>
    public Func<SourceForm, string?> Rows { get; init; } = _ => null;

    /// <summary>The members that these expressions use.</summary>
    public Func<SourceForm, string> Readers { get; init; } = _ => "";

    /// <summary>Members by which predictions are read, besides <c>Predict</c>.</summary>
    public string Prediction { get; init; } = "";

    /// <summary>The body of <c>BuildPipeline</c>, which has <c>mlContext</c> and <c>bert</c>.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The type of metrics.</summary>
    public required string Metrics { get; init; }

    /// <summary>The expression that measures <c>predictions</c> with <c>mlContext</c>.</summary>
    public required string Evaluation { get; init; }

    /// <summary>The metrics that the program shows, as paths of properties.</summary>
    public required IReadOnlyList<string> MetricsShown { get; init; }

    /// <summary>Statements of the program that show <c>output</c>; MODEL stands for the class.</summary>
    public required string Show { get; init; }

    /// <summary>The texts of the row that the program predicts when it is given none.</summary>
    public required IReadOnlyList<string> Sample { get; init; }
}
