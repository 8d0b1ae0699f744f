using System.Runtime.InteropServices;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>Writes the rotation of queries and keys by their positions; see <see cref="RotaryPositions"/>.</summary>
/// <param name="graph">The graph to write to.</param>
/// <param name="ids">The ids of the tokens.</param>
/// <param name="size">The number of values of a head.</param>
internal sealed class GraphRotation(OnnxGraph graph, string ids, int size)
{
    private readonly Dictionary<double, (string Cosines, string Sines)> _tables = [];
    private string? _places;

    /// <summary>Rotates the values of heads, [rows, length, heads, size].</summary>
    /// <param name="heads">The values.</param>
    /// <param name="rotaryBase">The base from which the angles are computed.</param>
    public string Turn(string heads, double rotaryBase)
    {
        if (!_tables.TryGetValue(rotaryBase, out (string Cosines, string Sines) table))
            _tables.Add(rotaryBase, table = Table(rotaryBase));
        string x = Half(heads, 0), y = Half(heads, size / 2);
        return graph.Add(
            "Concat",
            [
                graph.Add("Sub", [graph.Add("Mul", [x, table.Cosines]), graph.Add("Mul", [y, table.Sines])]),
                graph.Add("Add", [graph.Add("Mul", [y, table.Cosines]), graph.Add("Mul", [x, table.Sines])]),
            ],
            ("axis", 3L));
    }

    private string Half(string heads, int start) =>
        graph.Add("Slice", [heads, graph.Integers(start), graph.Integers(start + size / 2), graph.Integers(3)]);

    // Both results are [length, 1, size / 2].
    private (string Cosines, string Sines) Table(double rotaryBase)
    {
        _places ??= graph.Add("Unsqueeze", [graph.Add("Cast", [GraphPositions.Places(graph, ids)], ("to", (long)OnnxGraph.Float)),
            graph.Integers(1, 2)]);
        float[] angles = [.. RotaryPositions.Angles(rotaryBase, size).Select(angle => (float)angle)];
        string turns = graph.Add("Mul", [_places,
            graph.Constant(OnnxGraph.Float, [angles.Length], MemoryMarshal.AsBytes(angles.AsSpan()))]);
        return (graph.Add("Cos", [turns]), graph.Add("Sin", [turns]));
    }
}
