namespace Bert.MLNet.Training;

/// <summary>
/// Derives seeds that depend only on the position in a training. An interrupted training thus resumes as if it had not been interrupted.
/// </summary>
internal static class StepSeed
{
    /// <summary>Returns the seed for one part of one step of a training.</summary>
    public static int Of(int seed, long step, int part) => unchecked((int)((seed * 1_000_003L + step) * 1_000_033L + part));
}
