using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>Reads the rows of a Parquet file that <see cref="Files.ParquetResults"/> wrote, with one row group in memory.</summary>
internal static class ParquetPart
{
    /// <summary>The definition levels of a list and of its items.</summary>
    private const int Missing = 0, Item = 2;

    /// <summary>The rows as objects with all columns; a missing value is null.</summary>
    public static IEnumerable<JsonElement> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        ParquetReader reader = ParquetReader.CreateAsync(stream).GetAwaiter().GetResult();
        try
        {
            for (int i = 0; i < reader.RowGroupCount; i++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
                (string Name, Action<Utf8JsonWriter, int> Write)[] columns =
                    [.. reader.Schema.Fields.Select(field => (field.Name, Column(group, field)))];
                for (int row = 0; row < group.RowCount; row++)
                    yield return Row(columns, row);
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static JsonElement Row((string Name, Action<Utf8JsonWriter, int> Write)[] columns, int row)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach ((string name, Action<Utf8JsonWriter, int> write) in columns)
            {
                json.WritePropertyName(name);
                write(json, row);
            }
            json.WriteEndObject();
        }
        return JsonElement.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Reads a column, and returns what writes the value of a row.</summary>
    private static Action<Utf8JsonWriter, int> Column(ParquetRowGroupReader group, Field field) => field switch
    {
        ListField { Item: DataField item } when item.ClrType == typeof(long) =>
            List<long>(group, item, (json, value) => json.WriteNumberValue(value)),
        ListField { Item: DataField item } => List<float>(group, item, (json, value) => json.WriteNumberValue(value)),
        DataField number when number.ClrType == typeof(long) => Numbers<long>(group, number, (json, value) => json.WriteNumberValue(value)),
        DataField number when number.ClrType == typeof(float) =>
            Numbers<float>(group, number, (json, value) => json.WriteNumberValue(value)),
        _ => Texts(group, (DataField)field),
    };

    private static Action<Utf8JsonWriter, int> Texts(ParquetRowGroupReader group, DataField field)
    {
        string?[] texts = new string?[group.RowCount];
        Wait(group.ReadAsync(field, texts.AsMemory()!));
        return (json, row) => json.WriteStringValue(texts[row]);
    }

    private static Action<Utf8JsonWriter, int> Numbers<T>(
        ParquetRowGroupReader group, DataField field, Action<Utf8JsonWriter, T> write)
        where T : struct
    {
        var values = new T?[group.RowCount];
        Wait(group.ReadAsync(field, values.AsMemory()));
        return (json, row) => WriteOrNull(json, values[row], write);
    }

    private static void WriteOrNull<T>(Utf8JsonWriter json, T? value, Action<Utf8JsonWriter, T> write)
        where T : struct
    {
        if (value is { } some)
            write(json, some);
        else
            json.WriteNullValue();
    }

    private static Action<Utf8JsonWriter, int> List<T>(ParquetRowGroupReader group, DataField field, Action<Utf8JsonWriter, T> write)
        where T : struct
    {
        int count = checked((int)group.GetMetadata(field)!.MetaData!.NumValues);
        var values = new T[count];
        int[] definitions = new int[count], repetitions = new int[count], starts = new int[group.RowCount + 1];
        bool[] isMissing = new bool[group.RowCount];
        Wait(group.ReadRawAsync<T>(field, values, definitions, repetitions, default));
        (int rows, int items) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            if (repetitions[i] == 0)
                (starts[rows], isMissing[rows++]) = (items, definitions[i] == Missing);
            if (definitions[i] == Item)
                items++;
        }
        starts[rows] = items;
        return (json, row) =>
        {
            if (isMissing[row])
            {
                json.WriteNullValue();
                return;
            }
            json.WriteStartArray();
            foreach (T value in values.AsSpan(starts[row]..starts[row + 1]))
                write(json, value);
            json.WriteEndArray();
        };
    }

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
