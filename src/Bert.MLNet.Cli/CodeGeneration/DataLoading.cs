using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The members of generated code that read a file of the form that the model learnt from.</summary>
internal sealed class DataLoading(TableSource source, ModelCode code)
{
    /// <summary>The version of Parquet.Net that this code is for.</summary>
    internal const string ParquetVersion = "6.1.0";

    /// <summary>Whether ML.NET's own loader gives the rows as the model reads them.</summary>
    private bool IsDirect => source.Form == SourceForm.Separated && code.RowOfCells is null;

    /// <summary>The namespaces that the members need besides those of all code.</summary>
    public IEnumerable<string> Usings =>
    [
        .. IsDirect || code.Rows(source.Form) is not null ? Array.Empty<string>() : ["System.Globalization"],
        .. source.Form == SourceForm.JsonLines && code.Rows(source.Form) is null ? ["System.Text.Json"] : Array.Empty<string>(),
        .. source.Form == SourceForm.Parquet ? ["Parquet", "Parquet.Serialization"] : Array.Empty<string>(),
    ];

    public string Members => IsDirect ? $$"""
            /// <summary>Reads rows from a table of the form that the model learnt from.</summary>
            public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath) =>
                mlContext.Data.LoadFromTextFile<ModelInput>(inputDataFilePath, new TextLoader.Options
                {
        {{TextOptions("            ")}}
                });

        """ : $$"""
            /// <summary>Reads rows from {{What}}.</summary>
            public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath) => mlContext.Data.LoadFromEnumerable(
                {{code.Rows(source.Form) ?? $"from cells in ReadCells({(source.Form == SourceForm.Separated ? "mlContext, " : "")}inputDataFilePath)\n        select {code.RowOfCells ?? RowOfCells}"}});

        {{(code.Rows(source.Form) is null ? Cells : "")}}{{code.Readers(source.Form)}}
        """;

    private string What => source.Form switch
    {
        SourceForm.JsonLines => "JSON lines",
        SourceForm.Parquet => "a Parquet file with the columns that the model learnt from",
        SourceForm.Conll => "words with their tags, a word a line",
        SourceForm.Squad => "SQuAD's JSON",
        _ => "a table of the form that the model learnt from",
    };

    private string RowOfCells => $$"""
        new ModelInput
                {
        {{string.Join("\n", code.Inputs.Select((input, i) => $"            {input.Property} = {(input.Type == "float" ? $"float.Parse(cells[{CSharp.Literal(i)}], CultureInfo.InvariantCulture)" : $"cells[{CSharp.Literal(i)}]")},"))}}
                }
        """;

    private string Cells => source.Form switch
    {
        SourceForm.JsonLines => $$"""
                private static IEnumerable<string[]> ReadCells(string path) =>
                    from line in File.ReadLines(path)
                    where !string.IsNullOrWhiteSpace(line)
                    let row = JsonElement.Parse(line)
                    select new[] { {{Names("Cell(row, {0})")}} };

                private static string Cell(JsonElement row, string field) =>
                    !row.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? ""
                    : value.ValueKind == JsonValueKind.String ? value.GetString()!
                    : value.GetRawText();

            """,
        SourceForm.Parquet => $$"""
                private static IEnumerable<string[]> ReadCells(string path)
                {
                    using FileStream stream = File.OpenRead(path);
                    var table = ParquetSerializer.DeserializeUntypedAsync(stream, new ParquetOptions { TreatByteArrayAsString = true }).GetAwaiter().GetResult();
                    foreach (var row in table.Data)
                        yield return [{{Names("Cell(row, {0})")}}];
                }

                private static string Cell(IDictionary<string, object> row, string column) => row.TryGetValue(column, out object? value) ? value switch
                {
                    null => "",
                    bool yes => yes ? "true" : "false",
                    _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
                } : "";

            """,
        _ => $$"""
                private static IEnumerable<string[]> ReadCells(MLContext mlContext, string path) =>
                    mlContext.Data.LoadFromTextFile(path, new TextLoader.Options
                    {
                        Columns = [new TextLoader.Column("Cells", DataKind.String, [{{string.Join(", ", source.Columns.Select(column => $"new({CSharp.Literal(column.Index)})"))}}])],
            {{TextOptions("            ")}}
                    }).GetColumn<string[]>("Cells");

            """,
    };

    private string Names(string format) => string.Join(", ", source.Columns.Select(column => format.Replace("{0}", CSharp.Literal(column.Name), StringComparison.Ordinal)));

    private string TextOptions(string indent) => string.Join("\n", ((IEnumerable<string>)
    [
        $"Separators = [{CSharp.Literal(source.Separator!.Value)}],",
        $"HasHeader = {CSharp.Literal(source.HasHeader)},",
        $"AllowQuoting = {CSharp.Literal(source.Separator != '\t')},",
        $"ReadMultilines = {CSharp.Literal(source.Separator != '\t')},",
    ]).Select(line => indent + line));
}
