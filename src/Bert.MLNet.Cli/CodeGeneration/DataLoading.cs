using System.Globalization;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>The members of generated code that read a file in the format of the training data.</summary>
internal sealed class DataLoading(TableSource source, ModelCode code)
{
    /// <summary>The version of CsvHelper that the code uses.</summary>
    internal const string CsvHelperVersion = "33.1.0";

    /// <summary>The version of Parquet.Net that the code uses.</summary>
    internal const string ParquetVersion = "6.1.0";

    /// <summary>The package that the reader needs, or null if it needs none.</summary>
    public static (string Name, string Version)? PackageOf(SourceForm form) => form switch
    {
        SourceForm.Separated => ("CsvHelper", CsvHelperVersion),
        SourceForm.Parquet => ("Parquet.Net", ParquetVersion),
        _ => null,
    };

    /// <summary>The additional namespaces that the members need.</summary>
    public IEnumerable<string> Usings => Rows is null ? ["System.Globalization"] : [];

    public string Members => $$"""
            /// <summary>Reads rows from {{What}}{{(HasLabels ? ", ignoring those without a label" : "")}}.</summary>
            public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath) => mlContext.Data.LoadFromEnumerable(
                {{Rows ?? $"from cells in {Cells}{(HasLabels ? "\n        where !string.IsNullOrWhiteSpace(cells[0])" : "")}\n        select {code.RowOfCells ?? RowOfCells}"}});

        {{code.Readers(source.Form)}}
        """;

    /// <summary>Whether rows are created from cells, which a separate file reads.</summary>
    public bool HasReader => Rows is null;

    /// <summary>The content of that file, or null if there is none.</summary>
    public string? Reader(string namespaceName) => !HasReader ? null : ReaderCode.Create(namespaceName, source.Form switch
    {
        SourceForm.JsonLines => ["TextFile.cs", "TableColumns.cs", "JsonLine.cs", "JsonTable.cs"],
        SourceForm.Parquet => ["TableColumns.cs", "ParquetRows.cs"],
        _ => ["TextFile.cs", "TableColumns.cs", "DelimitedText.cs"],
    });

    private string? Rows => code.Rows(source.Form);

    /// <summary>Whether each row has one label, that of the first cell.</summary>
    private bool HasLabels => Rows is null && code.RowOfCells is null;

    private string What => source.Form switch
    {
        SourceForm.JsonLines => "JSON lines",
        SourceForm.Parquet => "a Parquet file with the columns that the model was trained on",
        SourceForm.Conll => "words with their tags, one word per line",
        SourceForm.Squad => "SQuAD's JSON",
        _ => "a table in the format that the model was trained on",
    };

    private string Cells => source.Form switch
    {
        SourceForm.JsonLines => $"JsonTable.Cells(inputDataFilePath, {Columns})",
        SourceForm.Parquet => $"ParquetRows.Cells(inputDataFilePath, {Columns})",
        _ => $"DelimitedText.Cells(inputDataFilePath, hasHeader: {CSharp.Literal(source.HasHeader)}, {Columns})",
    };

    private string Columns =>
        string.Join(", ", source.Columns.Select(
            column => CSharp.Literal(source.Named ? column.Name.Trim() : column.Index.ToString(CultureInfo.InvariantCulture))));

    private string RowOfCells => $$"""
        new ModelInput
                {
        {{string.Join("\n", code.Inputs.Select((input, i) => $"            {input.Property} = {Cell(input.Type, i)},"))}}
                }
        """;

    private static string Cell(string type, int i) =>
        type == "float" ? $"float.Parse(cells[{CSharp.Literal(i)}], NumberStyles.Float, CultureInfo.InvariantCulture)"
        : i == 0 ? "cells[0].Trim()" // white space around a label is not part of it
        : $"cells[{CSharp.Literal(i)}]";
}
