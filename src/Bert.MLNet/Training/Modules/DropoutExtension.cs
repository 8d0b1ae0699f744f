using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Dropout without cost if the probability is zero, and at little cost otherwise.</summary>
internal static class DropoutExtension
{
    /// <summary>
    /// Sets values to zero with the given probability and divides others by the probability of keeping them (Srivastava et al., 2014).
    /// </summary>
    public static Tensor Dropout(this Tensor x, double probability, bool training) =>
        training && probability > 0 ? x * Mask(x, 1 - probability) : x;

    private static Tensor Mask(Tensor x, double keep)
    {
        double scale = 1 / Math.Max(keep, double.Epsilon);
        if (x.device_type != DeviceType.CPU)
            return empty_like(x).bernoulli_(keep).Times(scale);
        // torch draws numbers one by one, which would account for a tenth of a small encoder's training time.
        Tensor mask = empty(x.shape);
        DropoutMask.Fill(mask.Values(), keep, (float)scale, BatchChance.NextKey());
        return mask.to(x.dtype);
    }
}
