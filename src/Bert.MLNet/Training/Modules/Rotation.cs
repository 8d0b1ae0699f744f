using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Turns queries and keys by the positions of their tokens; see <see cref="RotaryPositions"/>.</summary>
internal sealed class Rotation
{
    private readonly Tensor _cosines, _sines;

    /// <param name="positions">The position of each token.</param>
    /// <param name="rotaryBase">What the angles are computed from.</param>
    /// <param name="size">Values of a head.</param>
    /// <param name="device">Where it computes.</param>
    public Rotation(long[] positions, double rotaryBase, int size, Device device)
    {
        double[] angles = RotaryPositions.Angles(rotaryBase, size);
        _cosines = Table(Math.Cos);
        _sines = Table(Math.Sin);

        Tensor Table(Func<double, double> function) => tensor(
            [.. positions.SelectMany(position => angles.Select(angle => (float)function(position * angle)))], positions.Length, 1,
            angles.Length, device: device);
    }

    /// <returns>[tokens, hidden].</returns>
    /// <param name="values">Values of all tokens, [tokens, hidden], the heads one after the other.</param>
    public Tensor Apply(Tensor values)
    {
        long half = _cosines.shape[2];
        Tensor heads = values.view(values.shape[0], -1, 2 * half), x = heads.narrow(2, 0, half), y = heads.narrow(2, half, half);
        Tensor cosines = _cosines.to(values.dtype), sines = _sines.to(values.dtype);
        return cat([x * cosines - y * sines, (y * cosines).Plus(x * sines)], 2).view(values.shape);
    }
}
