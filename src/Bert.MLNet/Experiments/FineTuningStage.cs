namespace Bert.MLNet.Experiments;

/// <summary>A stage of successive halving: all contenders that are left are trained so far, and then compared.</summary>
/// <param name="FirstFold">The first fold that is trained in this stage.</param>
/// <param name="Folds">The number of folds that are trained at its end.</param>
/// <param name="Share">The share of a training's updates.</param>
internal readonly record struct FineTuningStage(int FirstFold, int Folds, double Share)
{
    /// <summary>
    /// Returns the stages of an experiment: more and more of the folds of a cross-validation or, if there is one validation part, more and
    /// more of a training, which continues from its checkpoint.
    /// </summary>
    public static IReadOnlyList<FineTuningStage> Of(int folds) => folds switch
    {
        1 => [new(0, 1, 0.25), new(0, 1, 0.5), new(0, 1, 1)],
        2 => [new(0, 1, 1), new(1, 2, 1)],
        _ => [new(0, 1, 1), new(1, 2, 1), new(2, folds, 1)],
    };
}
