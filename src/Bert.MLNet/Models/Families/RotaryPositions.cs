namespace Bert.MLNet.Models.Families;

/// <summary>
/// Positions as rotations of queries and keys (Su et al., 2021, arXiv:2104.09864): the first and second half of a head's values are the
/// coordinates of points, which turn by an angle that grows with the position.
/// </summary>
/// <param name="Base">What the angles are computed from (<c>rope_theta</c>).</param>
/// <param name="LocalBase">The same in layers that see only near tokens.</param>
internal sealed record RotaryPositions(double Base, double LocalBase)
{
    /// <summary>The angles from one position to the next, one for each pair of a head's values.</summary>
    /// <param name="rotaryBase">One of the bases.</param>
    /// <param name="size">Values of a head, an even number.</param>
    public static double[] Angles(double rotaryBase, int size) =>
        [.. Enumerable.Range(0, size / 2).Select(i => Math.Pow(rotaryBase, -2.0 * i / size))];
}
