using System.Numerics.Tensors;

namespace Bert.MLNet.Tasks;

/// <summary>The centers of labels: for each one with training rows, the mean of the rows' logits. Immutable and thread-safe.</summary>
/// <param name="size">The number of values of a center, one for each label.</param>
/// <param name="values">The values of all centers.</param>
internal sealed class ClassCenters(int size, float[] values)
{
    /// <summary>Computes the centers.</summary>
    /// <param name="rows">The logits of each row, at least one row.</param>
    /// <param name="labels">The label of each row, from 0.</param>
    public static ClassCenters Of(IReadOnlyList<float[]> rows, IReadOnlyList<int> labels)
    {
        int size = rows[0].Length;
        var centers = new List<float>();
        foreach (IGrouping<int, float[]> label in rows.Zip(labels).GroupBy(row => row.Second, row => row.First).OrderBy(row => row.Key))
            centers.AddRange(Enumerable.Range(0, size).Select(i => (float)label.Average(row => (double)row[i])));
        return new(size, [.. centers]);
    }

    /// <summary>Returns the Euclidean distance of logits from the nearest center.</summary>
    public float Distance(ReadOnlySpan<float> logits)
    {
        float nearest = float.PositiveInfinity;
        for (int start = 0; start < values.Length; start += size)
            nearest = Math.Min(nearest, TensorPrimitives.Distance(logits, values.AsSpan(start, size)));
        return nearest;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(values.Length / size);
        foreach (float value in values)
            writer.Write(value);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="labels">The number of labels.</param>
    /// <exception cref="FormatException">The centers are damaged.</exception>
    public static ClassCenters Load(BinaryReader reader, int labels)
    {
        try
        {
            int count = reader.ReadInt32();
            if (count >= 1 && count <= labels)
            {
                var centers = new List<float>();
                for (long i = 0; i < (long)count * labels; i++)
                    centers.Add(reader.ReadSingle());
                if (centers.TrueForAll(float.IsFinite))
                    return new(labels, [.. centers]);
            }
        }
        catch (EndOfStreamException exception)
        {
            throw Damaged(exception);
        }
        throw Damaged();
    }

    private static FormatException Damaged(Exception? inner = null) =>
        new("The model file is damaged: the centers of its labels cannot be read. Save the model again.", inner);
}
