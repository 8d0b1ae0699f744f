namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>A column of a model as a property of generated code.</summary>
/// <param name="Property">The name of the property.</param>
/// <param name="Column">The name of the column in the model.</param>
/// <param name="Type">The type of the property.</param>
internal sealed record CodeColumn(string Property, string Column, string Type)
{
    /// <summary>The property with its attributes.</summary>
    public string Declaration => $$"""
        [ColumnName({{CSharp.Literal(Column)}})]
                public {{Type}} {{Property}} { get; set; }{{Default}}
        """;

    private string Default => Type switch
    {
        "string" => " = \"\";",
        _ when Type.EndsWith("[]", StringComparison.Ordinal) => " = [];",
        _ => "",
    };
}
