using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>The parts of a distillation that depend on what is learned.</summary>
/// <param name="Read">Reads the rows of a file.</param>
/// <param name="Texts">Returns the texts of a row.</param>
/// <param name="Fit">Trains a student, and returns the steps of the model, of which one contains the trained checkpoint.</param>
internal sealed record DistillJob<TRow>(
    Func<string, TRow[]> Read, Func<TRow, IEnumerable<string>> Texts,
    Func<MLContext, BertModel, SplitRows<TRow>, TrainingWatch, ITransformer[]> Fit)
{
    /// <summary>Throws if the rows contain nothing that can be learned.</summary>
    public Action<SplitRows<TRow>> Check { get; init; } = _ => { };

    /// <summary>Whether the steps predict labels, and are evaluated and saved for ML.NET.</summary>
    public bool Predicts { get; init; } = true;
}
