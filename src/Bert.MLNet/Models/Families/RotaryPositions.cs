namespace Bert.MLNet.Models.Families;

/// <summary>
/// Encodes positions as rotations of queries and keys (Su et al., 2021, arXiv:2104.09864). The first and second halves of a head's values
/// are the coordinates of points, which are rotated by an angle that grows with the position.
/// </summary>
/// <param name="Base">The base from which the angles are computed (<c>rope_theta</c>).</param>
/// <param name="LocalBase">The base in layers that attend only to near tokens.</param>
internal sealed record RotaryPositions(double Base, double LocalBase)
{
    /// <summary>Returns the rotation angles between consecutive positions, one for each pair of a head's values.</summary>
    /// <param name="rotaryBase">One of the bases.</param>
    /// <param name="size">The number of values of a head, which is even.</param>
    public static double[] Angles(double rotaryBase, int size) =>
        [.. Enumerable.Range(0, size / 2).Select(i => Math.Pow(rotaryBase, -2.0 * i / size))];
}
