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
    /// <param name="sentences">JSON lines with the fields <c>id</c> and <c>text</c>. Vectors of other texts are not used.</param>
    /// <param name="vectors">A Parquet file with the columns <c>id</c> and <c>embedding</c> from <c>bert-mlnet embed</c>.</param>
    /// <param name="most">The maximum number of rows.</param>
    /// <exception cref="InvalidDataException">A column is missing, vectors differ in size, or no text has one.</exception>
    public static List<TaughtRow> Read(string sentences, string vectors, int most)
    {
        Dictionary<long, string> texts = TaughtTexts.Lines(sentences).ToDictionary(line => line.Id, line => line.Text);
        var rows = new List<TaughtRow>();
        foreach ((long[] ids, float[] values) in TaughtTexts.Groups(vectors))
        {
            int size = rows.Count > 0 ? rows[0].Teacher.Length : values.Length / ids.Length;
            if (values.Length != size * ids.Length)
                throw new InvalidDataException($"The vectors of '{vectors}' do not all have {size} values.");
            foreach ((long id, float[] vector) in ids.Zip(values.Chunk(size)))
            {
                if (rows.Count < most && texts.TryGetValue(id, out string? text))
                    rows.Add(new TaughtRow { Text = text, Teacher = vector });
            }
        }
        return rows.Count > 0 ? rows : throw new InvalidDataException($"'{vectors}' has no vectors of the texts in '{sentences}'.");
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
