using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>How a model was trained, as far as generated code repeats it.</summary>
internal sealed record TrainingSettings
{
    /// <summary>The value of <c>--model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Whether a trainer of ML.NET learnt from vectors.</summary>
    public required bool Embeds { get; init; }

    /// <summary>What was put before each text that became a vector; null: the checkpoint's default prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>How many rows were learnt from.</summary>
    public int Rows { get; init; } = 1;

    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>Epochs without a better metric after which the training stops; null: never.</summary>
    public int? Patience { get; init; }

    public required int Seed { get; init; }

    /// <summary>The share of the rows by which epochs were compared, where no table was given for it.</summary>
    public required double ValidationFraction { get; init; }

    /// <summary>What was learnt from.</summary>
    public required TableSource Source { get; init; }

    /// <summary>The table by which epochs were compared.</summary>
    public TableSource? Validation { get; init; }

    /// <summary>What was measured on.</summary>
    public TableSource? Test { get; init; }

    /// <summary>Whether generated code compares epochs by a table of their own, which it must be able to read as it reads the other.</summary>
    public bool HasValidationSet => !Embeds && Validation is { } table && table.HasFormOf(Source);

    /// <summary>How the checkpoint is opened.</summary>
    public string OpenModel => Model == "embedded" && !Directory.Exists(Model)
        ? "BertModel.Default"
        : $"BertModel.FromPretrained({CSharp.Literal(Directory.Exists(Model) ? Path.GetFullPath(Model) : Model)})";
}
