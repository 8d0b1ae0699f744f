using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>The loss of a part of a batch.</summary>
/// <param name="Tensor">A number whose gradient is that of the loss.</param>
/// <param name="Value">The loss, which can differ from the tensor's value by a constant.</param>
internal readonly record struct PartLoss(Tensor Tensor, double Value);
