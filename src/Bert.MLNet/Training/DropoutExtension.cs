using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Dropout that costs nothing where there is none.</summary>
internal static class DropoutExtension
{
    public static Tensor Dropout(this Tensor x, double probability, bool training) =>
        training && probability > 0 ? x * empty_like(x).bernoulli_(1 - probability, BatchChance.Generator(x.device_type)).Over(Math.Max(1 - probability, double.Epsilon)) : x;
}
