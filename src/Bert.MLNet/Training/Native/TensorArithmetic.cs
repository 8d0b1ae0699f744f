using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Operations of tensors with numbers. TorchSharp creates a native object for every number, even for the factor 1 in each sum, and
/// lets the garbage collector free it while the operation may still read it. On a busy machine, a long training can then end with a
/// wrong number or a native crash. Here the number lives until the operation is done. The library does not use TorchSharp's own
/// operations.
/// </summary>
internal static class TensorArithmetic
{
    public static Tensor Plus(this Tensor x, Tensor y)
    {
        using Scalar one = 1;
        return x.add(y, one);
    }

    public static Tensor Plus(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.add(scalar);
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

    /// <summary>Replaces values below <paramref name="least"/> by it.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using Scalar scalar = least;
        return x.clamp_min(scalar);
    }

    /// <summary>Replaces values by <paramref name="number"/> where the mask is true.</summary>
    public static Tensor Filled(this Tensor x, Tensor mask, double number)
    {
        using Scalar scalar = number;
        return x.masked_fill(mask, scalar);
    }

    /// <summary>Squares the values. torch's own function raises them to the power of a number.</summary>
    public static Tensor Squared(this Tensor x) => x * x;

    /// <summary>
    /// Creates the numbers 0, 1, 2 … below <paramref name="count"/> on the device. torch's own function creates three numbers for it.
    /// </summary>
    public static Tensor Range(int count, Device? device = null) =>
        tensor([.. Enumerable.Range(0, count).Select(i => (long)i)], device: device);

    /// <summary>Returns whether each value is above <paramref name="number"/>.</summary>
    public static Tensor IsAbove(this Tensor x, double number)
    {
        using Scalar scalar = number;
        return x.gt(scalar);
    }
}
