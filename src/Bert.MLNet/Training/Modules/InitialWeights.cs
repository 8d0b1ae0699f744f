using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Creates random weights from torch's default generator. Skips modules whose initial weights are never read, because BERT-base has a
/// hundred million.
/// </summary>
internal static class InitialWeights
{
    [ThreadStatic]
    private static bool t_areUnread;

    /// <summary>Creates a module whose weights are set from elsewhere before it computes. Until then they are uninitialized.</summary>
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

    /// <summary>Creates weights with a normal distribution around 0.</summary>
    public static Tensor Normal(double deviation, params long[] shape)
    {
        if (t_areUnread)
            return empty(shape);
        Tensor weights = randn(shape);
        TensorPrimitives.Multiply(weights.Values(), (float)deviation, weights.Values());
        return weights;
    }

    /// <summary>Creates a table of embeddings, [rows, width], with a normal distribution around 0.</summary>
    public static Embedding Table(double deviation, long rows, long width, bool sparse = false)
    {
        using DisposeScope scope = NewDisposeScope(); // TorchSharp leaves what draws its own values to the garbage collector
        Embedding table = nn.Embedding(1, width, sparse: sparse); // draws random values for a single row
        using Parameter replaced = table.weight!;
        Parameter weight = nn.Parameter(Normal(deviation, rows, width));
        weight.DetachFromDisposeScope();
        table.weight = weight;
        return table;
    }
}
