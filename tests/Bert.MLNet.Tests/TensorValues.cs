using Bert.MLNet.Models;

namespace Bert.MLNet.Tests;

/// <summary>The values of tensors as single precision, whatever their type is.</summary>
internal static class TensorValues
{
    public static float[] Of(BertTensor tensor)
    {
        float[] values = new float[tensor.Count];
        tensor.CopyTo(values);
        return values;
    }
}
