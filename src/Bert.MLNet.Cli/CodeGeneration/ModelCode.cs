using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The parts of generated code that depend on the task.</summary>
internal sealed record ModelCode
{
    /// <summary>The scenario of Model Builder, such as <c>TextClassification</c>.</summary>
    public required string Scenario { get; init; }

    /// <summary>The name of the trainer.</summary>
    public required string Trainer { get; init; }

    /// <summary>The metric for comparing models.</summary>
    public required string MetricName { get; init; }

    /// <summary>The label columns; predictions ignore them.</summary>
    public required IReadOnlyList<CodeColumn> Labels { get; init; }

    /// <summary>The text columns that a prediction needs.</summary>
    public required IReadOnlyList<CodeColumn> Texts { get; init; }

    /// <summary>All columns that the model reads.</summary>
    public IReadOnlyList<CodeColumn> Inputs => [.. Labels, .. Texts];

    /// <summary>The columns of predictions.</summary>
    public required IReadOnlyList<CodeColumn> Outputs { get; init; }

    /// <summary>
    /// The expression that creates an input from <c>cells</c>, in the order of the table's source; null if each cell is an input.
    /// </summary>
    public string? RowOfCells { get; init; }

    /// <summary>The expression that reads inputs from <c>inputDataFilePath</c> in a format without cells; null for other formats.</summary>
    public Func<SourceForm, string?> Rows { get; init; } = _ => null;

    /// <summary>The members that these expressions use.</summary>
    public Func<SourceForm, string> Readers { get; init; } = _ => "";

    /// <summary>Members that read predictions, in addition to <c>Predict</c>.</summary>
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

    /// <summary>The texts of the row that the program predicts without arguments.</summary>
    public required IReadOnlyList<string> Sample { get; init; }
}
