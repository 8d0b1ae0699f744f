using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Consumer;

/// <summary>Predictions as lines of JSON: the types of all columns, then the values of each row, those that were read among them.</summary>
public static class PredictionLines
{
    /// <summary>Predicts again what stands in lines that were written before.</summary>
    /// <param name="modelFile">The saved model.</param>
    /// <param name="lines">The earlier lines, from which only the texts are taken.</param>
    public static IReadOnlyList<string> Repeat(string modelFile, IEnumerable<string> lines)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(modelFile, out _);
        using var owner = model as IDisposable;
        return Create(ml, model, Texts(ml, lines.Skip(1).Select(line =>
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string? TextOf(string column) => row.RootElement.GetProperty(column).GetString();
            return TextOf(nameof(TextRow.Sentence1)) + "\t" + TextOf(nameof(TextRow.Sentence2));
        })));
    }

    /// <summary>Two texts a row, separated by a tab: the columns "Sentence1", which is "Text" as well, and "Sentence2".</summary>
    public static IDataView Texts(MLContext ml, IEnumerable<string> pairs) => ml.Data.LoadFromEnumerable(pairs.Select(pair =>
    {
        string[] texts = pair.Split('\t');
        return new TextRow { Text = texts[0], Sentence1 = texts[0], Sentence2 = texts[1] };
    }).ToArray());

    /// <summary>What a model makes of rows. A column of keys is followed by one of their values.</summary>
    public static IReadOnlyList<string> Create(MLContext ml, ITransformer model, IDataView rows)
    {
        IDataView result = model.Transform(rows);
        foreach (DataViewSchema.Column keys in result.Schema.Where(column => !column.IsHidden && HasKeyValues(column)).ToList())
            result = ml.Transforms.Conversion.MapKeyToValue(keys.Name + ".Value", keys.Name).Fit(result).Transform(result);
        DataViewSchema.Column[] columns = [.. result.Schema.Where(column => !column.IsHidden)];
        var lines = new List<string>
        {
            Line(json =>
            {
                foreach (DataViewSchema.Column column in columns)
                    json.WriteString(column.Name, Describe(column));
            }),
        };
        using DataViewRowCursor cursor = result.GetRowCursor(columns);
        Action<Utf8JsonWriter>[] values = [.. columns.Select(column => CreateWriter(cursor, column))];
        while (cursor.MoveNext())
        {
            lines.Add(Line(json =>
            {
                for (int i = 0; i < columns.Length; i++)
                {
                    json.WritePropertyName(columns[i].Name);
                    values[i](json);
                }
            }));
        }
        return lines;
    }

    // Of any type, unlike those that ML.NET's method of this name asks for.
    private static bool HasKeyValues(DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull("KeyValues") is not null;

    private static string Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Type, dimensions (0: unknown) and names of the slots, such as "Single[3] negative neutral positive".</summary>
    private static string Describe(DataViewSchema.Column column)
    {
        DataViewType item = ItemOf(column.Type);
        string name = item switch
        {
            KeyDataViewType key => "Key" + key.Count.ToString(CultureInfo.InvariantCulture),
            TextDataViewType => "Text",
            _ => item.RawType.Name,
        };
        if (column.Type is not VectorDataViewType vector)
            return name;
        VBuffer<ReadOnlyMemory<char>> slots = default;
        if (column.HasSlotNames())
            column.GetSlotNames(ref slots);
        return string.Join(' ', [$"{name}[{string.Join(',', vector.Dimensions)}]", .. slots.DenseValues().Select(slot => slot.ToString())]);
    }

    private static DataViewType ItemOf(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    private static Action<Utf8JsonWriter> CreateWriter(DataViewRow row, DataViewSchema.Column column) => ItemOf(column.Type).RawType switch
    {
        var type when type == typeof(ReadOnlyMemory<char>) =>
            CreateWriter<ReadOnlyMemory<char>>(row, column, (json, value) => json.WriteStringValue(value.Span)),
        var type when type == typeof(bool) => CreateWriter<bool>(row, column, (json, value) => json.WriteBooleanValue(value)),
        var type when type == typeof(sbyte) => CreateWriter<sbyte>(row, column, (json, value) => json.WriteNumberValue(value)),
        var type when type == typeof(byte) => CreateWriter<byte>(row, column, (json, value) => json.WriteNumberValue(value)),
        var type when type == typeof(int) => CreateWriter<int>(row, column, (json, value) => json.WriteNumberValue(value)),
        var type when type == typeof(uint) => CreateWriter<uint>(row, column, (json, value) => json.WriteNumberValue(value)),
        var type when type == typeof(long) => CreateWriter<long>(row, column, (json, value) => json.WriteNumberValue(value)),
        var type when type == typeof(float) => CreateWriter<float>(row, column, WriteSingle),
        var type => throw new NotSupportedException($"Column '{column.Name}' has values of type {type}."),
    };

    private static Action<Utf8JsonWriter> CreateWriter<T>(DataViewRow row, DataViewSchema.Column column, Action<Utf8JsonWriter, T> write)
    {
        if (column.Type is not VectorDataViewType)
        {
            ValueGetter<T> one = row.GetGetter<T>(column);
            return json =>
            {
                T value = default!;
                one(ref value);
                write(json, value);
            };
        }
        ValueGetter<VBuffer<T>> several = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> values = default;
        return json =>
        {
            several(ref values);
            json.WriteStartArray();
            foreach (T value in values.DenseValues())
                write(json, value);
            json.WriteEndArray();
        };
    }

    private static void WriteSingle(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteRawValue(value.ToString("G9", CultureInfo.InvariantCulture));
        else
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";

        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";
    }
}
