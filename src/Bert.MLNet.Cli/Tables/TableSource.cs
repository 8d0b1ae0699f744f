namespace Bert.MLNet.Cli.Tables;

/// <summary>How rows stand in a file.</summary>
internal enum SourceForm
{
    /// <summary>Cells that a character separates.</summary>
    Separated,

    JsonLines,

    Parquet,

    /// <summary>A word a line, with its tag.</summary>
    Conll,

    /// <summary>SQuAD's JSON.</summary>
    Squad,
}

/// <summary>Where rows came from, so that another program reads them again.</summary>
/// <param name="Path">The whole path of the file.</param>
/// <param name="Form">How the rows stand in it.</param>
internal sealed record TableSource(string Path, SourceForm Form)
{
    /// <summary>What stands between columns; null where that is no single character.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether the first line names the columns.</summary>
    public bool HasHeader { get; init; }

    /// <summary>The columns that were read, with their places from 0, labels first; empty for a form whose fields have names of their own.</summary>
    public IReadOnlyList<(string Name, int Index)> Columns { get; init; } = [];

    /// <summary>Whether columns are found by their names; they are counted otherwise.</summary>
    public bool Named => HasHeader || Form is SourceForm.JsonLines or SourceForm.Parquet;

    /// <summary>How many of the columns are labels.</summary>
    public int Labels { get; init; } = 1;

    /// <summary>The columns of words and tags in CoNLL's columns, from 0; null where they are found.</summary>
    public (int? Word, int? Tag) ConllColumns { get; init; }

    /// <summary>Whether code that reads the one reads the other.</summary>
    public bool HasFormOf(TableSource other) => Form == other.Form && Separator == other.Separator && HasHeader == other.HasHeader && Columns.SequenceEqual(other.Columns) && ConllColumns == other.ConllColumns;
}
