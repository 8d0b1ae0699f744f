using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Writes results to a Parquet file: 64-bit integers, floats, texts, and lists of numbers. All values except lists can be null.
/// </summary>
internal static class ParquetResults
{
    private const int RowsOfGroup = 16_384;

    /// <summary>The definition levels of a list: missing, empty, item.</summary>
    private const int Missing = 0, Empty = 1, Item = 2;

    public static void Write(IEnumerable<JsonElement> rows, IReadOnlyList<ResultColumn> columns, Stream output) =>
        WriteAsync(rows, columns, output).GetAwaiter().GetResult();

    private static async Task WriteAsync(IEnumerable<JsonElement> rows, IReadOnlyList<ResultColumn> columns, Stream output)
    {
        var schema = new ParquetSchema(columns.Select(FieldOf));
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, output);
        foreach (JsonElement[] group in rows.Chunk(RowsOfGroup))
        {
            using ParquetRowGroupWriter target = writer.CreateRowGroup();
            foreach ((ResultColumn column, DataField field) in columns.Zip(schema.DataFields))
            {
                JsonElement?[] values = [.. group.Select(column.Find)];
                await (column.Kind switch
                {
                    ResultKind.Integer => target.WriteAsync<long>(field, values.Select(value => value?.GetInt64()).ToArray()),
                    ResultKind.Float => target.WriteAsync<float>(field, values.Select(value => value?.GetSingle()).ToArray()),
                    ResultKind.Integers => WriteListsAsync(target, field, values, item => item.GetInt64()),
                    ResultKind.Floats => WriteListsAsync(target, field, values, item => item.GetSingle()),
                    _ => target.WriteAsync(field, values.Select(value => value is { } some ? ResultColumn.TextOf(some) : null).ToArray()),
                });
            }
            target.CompleteValidate();
        }
    }

    private static Field FieldOf(ResultColumn column) => column.Kind switch
    {
        ResultKind.Integer => new DataField<long>(column.Name, true),
        ResultKind.Float => new DataField<float>(column.Name, true),
        ResultKind.Integers => new ListField(column.Name, new DataField<long>(ListField.ElementName, false)),
        ResultKind.Floats => new ListField(column.Name, new DataField<float>(ListField.ElementName, false)),
        _ => new DataField<string>(column.Name, true),
    };

    private static Task WriteListsAsync<T>(ParquetRowGroupWriter target, DataField field, JsonElement?[] lists, Func<JsonElement, T> read)
        where T : struct
    {
        var values = new List<T>();
        var definitions = new List<int>();
        var repetitions = new List<int>();
        foreach (JsonElement? list in lists)
        {
            int items = 0;
            if (list is { } some)
            {
                foreach (JsonElement item in some.EnumerateArray())
                {
                    values.Add(read(item));
                    definitions.Add(Item);
                    repetitions.Add(items++ > 0 ? 1 : 0);
                }
            }
            if (items > 0)
                continue;
            definitions.Add(list is null ? Missing : Empty);
            repetitions.Add(0);
        }
        return target.WriteAllPartsAsync<T>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(), default);
    }
}
