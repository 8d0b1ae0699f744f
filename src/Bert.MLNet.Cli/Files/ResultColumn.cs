using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>The type of a result column.</summary>
internal enum ResultKind
{
    /// <summary>No values yet, or only nulls.</summary>
    None,

    Integer,

    Float,

    Text,

    Integers,

    Floats,
}

/// <summary>A result column: its path in a line, and the type of its values, which is known after all lines are read.</summary>
internal sealed class ResultColumn(string name, string[] path)
{
    public string Name => name;

    public ResultKind Kind { get; private set; }

    /// <summary>The value of a row, or null if it is missing.</summary>
    public JsonElement? Find(JsonElement row)
    {
        foreach (string field in path)
        {
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(field, out row))
                return null;
        }
        return row.ValueKind == JsonValueKind.Null ? null : row;
    }

    /// <summary>Widens the kind to include a value.</summary>
    public void See(JsonElement value)
    {
        ResultKind kind = KindOf(value);
        Kind = (Kind, kind) switch
        {
            (ResultKind.None, _) => kind,
            (_, ResultKind.None) => Kind,
            _ when Kind == kind => kind,
            (ResultKind.Integer or ResultKind.Float, ResultKind.Integer or ResultKind.Float) => ResultKind.Float,
            (ResultKind.Integers or ResultKind.Floats, ResultKind.Integers or ResultKind.Floats) => ResultKind.Floats,
            _ => ResultKind.Text,
        };
    }

    /// <summary>Formats a value as the text of a cell.</summary>
    public static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static ResultKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => ResultKind.None,
        JsonValueKind.Number => value.TryGetInt64(out _) ? ResultKind.Integer : ResultKind.Float,
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number) =>
            value.EnumerateArray().All(item => item.TryGetInt64(out _)) ? ResultKind.Integers : ResultKind.Floats,
        _ => ResultKind.Text,
    };
}
