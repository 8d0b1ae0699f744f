using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>What a column of results holds.</summary>
internal enum ResultKind
{
    /// <summary>Nothing yet, or nulls alone.</summary>
    None,

    Integer,

    Float,

    Text,

    Integers,

    Floats,
}

/// <summary>A column of results: where it stands in a line, and what its values are, which is known when all were seen.</summary>
internal sealed class ResultColumn(string name, string[] path)
{
    public string Name => name;

    public ResultKind Kind { get; private set; }

    /// <summary>The value of a row; null where it is missing or null.</summary>
    public JsonElement? Find(JsonElement row)
    {
        foreach (string field in path)
        {
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(field, out row))
                return null;
        }
        return row.ValueKind == JsonValueKind.Null ? null : row;
    }

    /// <summary>Widens the kind to what a value is.</summary>
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

    /// <summary>A value as the text of a cell.</summary>
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
