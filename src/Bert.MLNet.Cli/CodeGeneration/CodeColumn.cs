namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>A column of a model as a property of generated code.</summary>
/// <param name="Property">The name of the property.</param>
/// <param name="Column">The name of the column in the model.</param>
/// <param name="Type">The type of the property.</param>
/// <param name="Index">The place of the column in the table, from 0; null for what the model adds.</param>
internal sealed record CodeColumn(string Property, string Column, string Type, int? Index = null)
{
    /// <summary>The property with its attributes.</summary>
    public string Declaration => $$"""
        {{(Index is { } index ? $"[LoadColumn({CSharp.Literal(index)})]\n        " : "")}}[ColumnName({{CSharp.Literal(Column)}})]
                public {{Type}} {{Property}} { get; set; }{{Default}}
        """;

    private string Default => Type switch
    {
        "string" => " = \"\";",
        _ when Type.EndsWith("[]", StringComparison.Ordinal) => " = [];",
        _ => "",
    };
}
