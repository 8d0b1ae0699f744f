using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Dropout that costs nothing where there is none, and little where there is.</summary>
internal static class DropoutExtension
{
    /// <summary>Zeros with the given probability, and other values divided by that of keeping them (Srivastava et al., 2014).</summary>
    public static Tensor Dropout(this Tensor x, double probability, bool training) => training && probability > 0 ? x * Mask(x, 1 - probability) : x;

    private static Tensor Mask(Tensor x, double keep)
    {
        double scale = 1 / Math.Max(keep, double.Epsilon);
        if (x.device_type != DeviceType.CPU)
            return empty_like(x).bernoulli_(keep).Times(scale);
        // torch draws one number after the other, which takes a tenth of a small encoder's training.
        Tensor mask = empty(x.shape);
        DropoutMask.Fill(mask.Values(), keep, (float)scale, BatchChance.NextKey());
        return mask.to(x.dtype);
    }
}
