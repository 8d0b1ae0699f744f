using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Dropout that costs nothing where there is none.</summary>
internal static class DropoutExtension
{
    public static Tensor Dropout(this Tensor x, double probability, bool training) =>
        training && probability > 0 ? functional.dropout(x, probability) : x;
}
