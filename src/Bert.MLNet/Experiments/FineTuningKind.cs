namespace Bert.MLNet.Experiments;

/// <summary>What a training changes, and for which model.</summary>
/// <param name="Name">The description for users.</param>
internal sealed record FineTuningKind(string Name)
{
    public static readonly FineTuningKind Whole = new("fine-tuning");

    /// <summary>Trains on pairs of rows, and then a head.</summary>
    public static readonly FineTuningKind FewShot = new("few-shot") { HasEpochs = false };

    /// <summary>Two vectors, whose cosine is the score.</summary>
    public static readonly FineTuningKind BiEncoder = new("two vectors");

    /// <summary>Both texts are read together.</summary>
    public static readonly FineTuningKind CrossEncoder = new("read together");

    /// <summary>Whether the number of epochs can be chosen.</summary>
    public bool HasEpochs { get; private init; } = true;
}
