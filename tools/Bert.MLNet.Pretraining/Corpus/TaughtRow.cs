using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Bert.MLNet.Pretraining;

/// <summary>A text with the vector that a teacher computed for it, as a row for a trainer.</summary>
internal sealed class TaughtRow
{
    // The projection is computed from this many vectors.
    private const int Sampled = 20_000;

    public string Text { get; set; } = "";

    public float[] Teacher { get; set; } = [];

    /// <summary>Reads the first rows of a teacher's vectors, and their texts.</summary>
    /// <param name="texts">The texts; see <see cref="TaughtFile.Read"/>.</param>
    /// <param name="vectors">Their vectors.</param>
    /// <param name="most">The maximum number of rows.</param>
    /// <exception cref="InvalidDataException">There are no rows, or <see cref="TaughtFile.Read"/> fails.</exception>
    public static List<TaughtRow> Read(string texts, string vectors, int most)
    {
        List<TaughtRow> rows =
        [
            .. TaughtFile.Read(texts, vectors).SelectMany(group => group.Texts.Zip(group.Vectors)).Take(most)
                .Select(row => new TaughtRow { Text = row.First, Teacher = row.Second }),
        ];
        return rows.Count > 0 ? rows : throw new InvalidDataException($"'{vectors}' has no vectors.");
    }

    /// <summary>Projects the vectors to the subspace that preserves their dot products best.</summary>
    public static void Project(IReadOnlyList<TaughtRow> rows, int dimension)
    {
        int size = rows[0].Teacher.Length;
        if (dimension > size)
            throw new ArgumentException($"--dimension is {dimension}; the teacher's vectors have {size} values. Choose at most {size}.");
        if (dimension == size)
            return;
        float[][] directions = PrincipalComponents.Directions(
            [.. Sample(rows, Sampled).Select(row => row.Teacher)], dimension, Environment.ProcessorCount);
        Workers.Share(rows.Count, Environment.ProcessorCount, (_, row) =>
            rows[row].Teacher = [.. directions.Select(direction => TensorPrimitives.Dot<float>(direction, rows[row].Teacher))]);
    }

    /// <summary>Returns a number of rows from all parts of a list.</summary>
    public static TaughtRow[] Sample(IReadOnlyList<TaughtRow> rows, int count)
    {
        int kept = Math.Min(count, rows.Count);
        return [.. Enumerable.Range(0, kept).Select(i => rows[(int)((long)i * rows.Count / kept)])];
    }

    /// <summary>Returns the rows as a data view, whose vectors have a known size.</summary>
    public static IDataView ToView(MLContext ml, IReadOnlyList<TaughtRow> rows)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(TaughtRow));
        schema[nameof(Teacher)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Teacher.Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }
}
