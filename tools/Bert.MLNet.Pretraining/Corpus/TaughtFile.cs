using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Bert.MLNet.Pretraining;

/// <summary>Reads the vectors that a teacher computed for texts.</summary>
internal static class TaughtFile
{
    /// <summary>Reads texts with their vectors, some thousands at a time.</summary>
    /// <param name="texts">JSON lines with the fields id and text, as <c>sentences</c> writes them. Some can be without a vector.</param>
    /// <param name="vectors">
    /// A Parquet file with the columns id and embedding, which <c>bert-mlnet embed</c> computed from these texts, in their order.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The file has no such columns, its vectors do not have the same number of values, or its rows are not those of the texts.
    /// </exception>
    public static IEnumerable<(string[] Texts, float[][] Vectors)> Read(string texts, string vectors)
    {
        int? size = null;
        using IEnumerator<(long Id, string Text)> lines = Lines(texts).GetEnumerator();
        foreach ((long[] ids, float[] values) in Groups(vectors))
        {
            size ??= values.Length / ids.Length;
            if (values.Length != size * ids.Length)
                throw new InvalidDataException($"The vectors of '{vectors}' do not all have {size} values.");
            yield return ([.. ids.Select(TextOf)], [.. values.Chunk(size.Value)]);
        }

        string TextOf(long id)
        {
            while (lines.MoveNext())
            {
                if (lines.Current.Id == id)
                    return lines.Current.Text;
            }
            throw new InvalidDataException(
                $"The row with id {id} of '{vectors}' is not among the lines of '{texts}' that follow the previous one.");
        }
    }

    private static IEnumerable<(long Id, string Text)> Lines(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return (row.RootElement.GetProperty("id").GetInt64(), row.RootElement.GetProperty("text").GetString()!);
        }
    }

    // The ids and the values of all their vectors, one row group at a time.
    private static IEnumerable<(long[] Ids, float[] Values)> Groups(string path)
    {
        using FileStream file = File.OpenRead(path);
        ParquetReader reader = ParquetReader.CreateAsync(file).GetAwaiter().GetResult();
        try
        {
            DataField id = Find(reader, path, "id"), embedding = Find(reader, path, "embedding");
            for (int i = 0; i < reader.RowGroupCount; i++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
                long?[] ids = new long?[group.RowCount];
                group.ReadAsync<long>(id, ids.AsMemory()).AsTask().GetAwaiter().GetResult();
                float[] values = new float[group.GetMetadata(embedding)!.MetaData!.NumValues];
                int[] definitions = new int[values.Length], repetitions = new int[values.Length];
                group.ReadRawAsync<float>(embedding, values, definitions, repetitions).AsTask().GetAwaiter().GetResult();
                yield return ([.. ids.Select(value => value ?? -1)], values);
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static DataField Find(ParquetReader reader, string path, string column) =>
        reader.Schema.DataFields.FirstOrDefault(field => field.Path.FirstPart == column)
        ?? throw new InvalidDataException($"'{path}' has no column '{column}'; create it with 'bert-mlnet embed --output FILE.parquet'.");
}
