using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Operations of tensors with numbers. TorchSharp makes a native object of every number, also of the factor 1 behind each sum, and lets
/// the garbage collector free it while the operation may still read it: on a busy machine a long training ends with a wrong number or in a
/// native crash. Here the number lives until the operation is done. Nothing in the library uses TorchSharp's own.
/// </summary>
internal static class TensorArithmetic
{
    public static Tensor Plus(this Tensor x, Tensor y)
    {
        using Scalar one = 1;
        return x.add(y, one);
    }

    public static Tensor Minus(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.sub(scalar);
    }

    public static Tensor Times(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.mul(scalar);
    }

    public static Tensor Over(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.div(scalar);
    }

    /// <summary>The values, but none below <paramref name="least"/>.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using Scalar scalar = least;
        return x.clamp_min(scalar);
    }

    /// <summary>The values, with <paramref name="number"/> where the mask is true.</summary>
    public static Tensor Filled(this Tensor x, Tensor mask, double number)
    {
        using Scalar scalar = number;
        return x.masked_fill(mask, scalar);
    }

    /// <summary>The values times themselves; torch's own takes them to the power of a number.</summary>
    public static Tensor Squared(this Tensor x) => x * x;

    /// <summary>0, 1, 2 … below <paramref name="count"/>, on that device; torch's own makes three numbers.</summary>
    public static Tensor Range(int count, Device? device = null) => tensor([.. Enumerable.Range(0, count).Select(i => (long)i)], device: device);

    /// <summary>Whether each value is above <paramref name="number"/>.</summary>
    public static Tensor IsAbove(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.gt(scalar);
    }
}
