using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Weights by chance, from torch's default generator, but for modules whose weights nobody reads: BERT-base has a hundred million.</summary>
internal static class InitialWeights
{
    [ThreadStatic]
    private static bool t_areUnread;

    /// <summary>Makes a module that gets its weights from elsewhere before it computes: until then they are what memory holds.</summary>
    public static TModule Unread<TModule>(Func<TModule> create)
    {
        t_areUnread = true;
        try
        {
            return create();
        }
        finally
        {
            t_areUnread = false;
        }
    }

    /// <summary>Normally distributed around 0.</summary>
    public static Tensor Normal(double deviation, params long[] shape)
    {
        if (t_areUnread)
            return empty(shape);
        Tensor weights = randn(shape);
        TensorPrimitives.Multiply(weights.Values(), (float)deviation, weights.Values());
        return weights;
    }
}
