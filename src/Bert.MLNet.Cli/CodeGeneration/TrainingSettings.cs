using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Experiments;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The settings of training that generated code uses again.</summary>
internal sealed record TrainingSettings
{
    /// <summary>The value of <c>--model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Whether an ML.NET trainer was trained on vectors.</summary>
    public required bool Embeds { get; init; }

    /// <summary>The best model of a search; null for another method.</summary>
    public Contender? Contender { get; init; }

    /// <summary>Whether the checkpoint was trained on pairs of rows.</summary>
    public bool IsFewShot { get; init; }

    /// <summary>Whether the checkpoint was trained to compute a vector of each text of a pair.</summary>
    public bool IsBiEncoder { get; init; }

    /// <summary>The share of texts with one of the labels that are accepted as such; null to accept all.</summary>
    public double? InScopeRate { get; init; }

    /// <summary>How texts without any of the labels are recognized.</summary>
    public BertScopeMethod InScopeMethod { get; init; }

    /// <summary>The number of values of the static embeddings that were created from the checkpoint; null for none.</summary>
    public int? StaticDimension { get; init; }

    /// <summary>The text in front of each embedded text; null for the checkpoint's default prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>The number of training rows.</summary>
    public int Rows { get; init; } = 1;

    /// <summary>The maximum number of epochs; null for the trainer's own.</summary>
    public int? Epochs { get; init; }

    public required int BatchSize { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>The number of epochs without a better metric after which training stops; null for never.</summary>
    public int? Patience { get; init; }

    public required int Seed { get; init; }

    /// <summary>The share of the rows that was used for validation if there was no table for it.</summary>
    public required double ValidationFraction { get; init; }

    /// <summary>The training data.</summary>
    public required TableSource Source { get; init; }

    /// <summary>The validation data.</summary>
    public TableSource? Validation { get; init; }

    /// <summary>The test data.</summary>
    public TableSource? Test { get; init; }

    /// <summary>Whether generated code uses a separate validation table, which must have the same format as the training table.</summary>
    public bool HasValidationSet => !Embeds && Contender is null && Validation is { } table && table.HasFormOf(Source);

    /// <summary>Whether a prediction needs no checkpoint.</summary>
    public bool IsWithoutModel => Contender is VectorContender { Features: var features } && features == VectorKind.NGrams;

    private int? Dimension => Contender is VectorContender { Features: var features, Model: { } bert }
        ? VectorFeatures.TableDimension(bert, features)
        : StaticDimension;

    /// <summary>How the checkpoint is opened.</summary>
    public string OpenModel => Checkpoint.CodeOf(Model, isFast: Dimension is not null)
        ?? $"BertModel.FromPretrained({CSharp.Literal(Directory.Exists(Model) ? Path.GetFullPath(Model) : Model)})"
        + (Dimension is { } size ? $".ToStatic(new() {{ Dimension = {CSharp.Literal(size)} }})" : "");
}
