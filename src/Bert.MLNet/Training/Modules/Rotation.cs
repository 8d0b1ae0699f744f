using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Rotates queries and keys by the positions of their tokens; see <see cref="RotaryPositions"/>.</summary>
internal sealed class Rotation
{
    private readonly Tensor _cosines, _sines;

    /// <param name="positions">The position of each token.</param>
    /// <param name="rotaryBase">The base from which the angles are computed.</param>
    /// <param name="size">The number of values of a head.</param>
    /// <param name="device">The device to compute on.</param>
    public Rotation(long[] positions, double rotaryBase, int size, Device device)
    {
        double[] angles = RotaryPositions.Angles(rotaryBase, size);
        _cosines = Table(Math.Cos);
        _sines = Table(Math.Sin);

        Tensor Table(Func<double, double> function) => tensor(
            [.. positions.SelectMany(position => angles.Select(angle => (float)function(position * angle)))], positions.Length, 1,
            angles.Length, device: device);
    }

    /// <returns>The rotated values, [tokens, hidden].</returns>
    /// <param name="values">The values of all tokens, [tokens, hidden], with one head after another.</param>
    public Tensor Apply(Tensor values)
    {
        long half = _cosines.shape[2];
        Tensor heads = values.view(values.shape[0], -1, 2 * half), x = heads.narrow(2, 0, half), y = heads.narrow(2, half, half);
        Tensor cosines = _cosines.to(values.dtype), sines = _sines.to(values.dtype);
        return cat([x * cosines - y * sines, (y * cosines).Plus(x * sines)], 2).view(values.shape);
    }
}
