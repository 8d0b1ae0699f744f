namespace Bert.MLNet.Training;

/// <summary>Chance that depends on nothing but where it is drawn, so that a training that was interrupted goes on as if it had not been.</summary>
internal static class StepSeed
{
    /// <summary>A seed for one part of one step of a training.</summary>
    public static int Of(int seed, long step, int part) => unchecked((int)((seed * 1_000_003L + step) * 1_000_033L + part));
}
