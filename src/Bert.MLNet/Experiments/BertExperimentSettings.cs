using Bert.MLNet.DataViews;
using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>The common settings of experiments, which search for the best model of a task. Immutable.</summary>
/// <remarks>Names are those of ML.NET's AutoML if it has the same setting.</remarks>
public abstract record BertExperimentSettings
{
    private protected BertExperimentSettings()
    {
    }

    /// <summary>
    /// The time of the experiment in seconds, with the final training on all rows. It is used as long as variants of the best training
    /// improve on it. Default null: until all contenders are compared, without variants.
    /// </summary>
    public uint? MaxExperimentTimeInSeconds { get; init; }

    /// <summary>The checkpoints to compare. Default empty: <see cref="BertModel.Default"/>.</summary>
    public IReadOnlyList<BertModel> Models { get; init => field = ContentList<BertModel>.OfOrNull(value); } =
        new ContentList<BertModel>([]);

    /// <summary>
    /// The number of folds of cross-validation, at least 2. Ignored with a validation set. Default null: 5 for up to 2,000 rows; with more
    /// rows, a fifth of them, but hardly more than 3,000, is used for validation.
    /// </summary>
    public int? NumberOfFolds { get; init; }

    /// <summary>The seed of all random numbers. Default null: the seed of the MLContext or, if it has none, 42.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// A folder for the outcomes and checkpoints of the experiment. If it contains those of the same experiment, they are not computed
    /// again. Default null: nothing is kept.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>
    /// Ends the experiment early. The best model so far is kept and, if its training is short, trained again on all rows.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Whether checkpoints are fine-tuned, which needs libtorch. Default true.</summary>
    public bool FineTunes { get; init; } = true;

    /// <summary>
    /// The data type in which trainings of checkpoints compute matrix products. Default null: <see cref="BertPrecision.BFloat16"/> if a
    /// measurement, which takes a tenth of a second, shows that it is clearly faster on this machine, otherwise
    /// <see cref="BertPrecision.Full"/>.
    /// </summary>
    public BertPrecision? Precision { get; init; }

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentOutOfRangeException">A setting has an invalid value; the message names it.</exception>
    internal virtual void Check()
    {
        RequiredOptions.Check(this);
        Require(MaxExperimentTimeInSeconds != 0, nameof(MaxExperimentTimeInSeconds), MaxExperimentTimeInSeconds, "at least 1, or null");
        Require(NumberOfFolds is null or >= 2, nameof(NumberOfFolds), NumberOfFolds, "at least 2, or null");
        if (Precision is { } precision)
            RequireDefined(precision, nameof(Precision));
        Require(Models.All(model => model is not null), nameof(Models), null, "checkpoints without null");
    }

    private protected static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} is {value ?? "null"}; it must be {expected}.");
    }

    private protected static void RequireDefined<TEnum>(TEnum value, string name)
        where TEnum : struct, Enum => Require(
            Enum.IsDefined(value), name, value, $"one of {string.Join(", ", Enum.GetNames<TEnum>())}");
}
