namespace Bert.MLNet.Cli.Tables;

/// <summary>The format of rows in a file.</summary>
internal enum SourceForm
{
    /// <summary>Cells separated by a character.</summary>
    Separated,

    JsonLines,

    Parquet,

    /// <summary>One word per line, with its tag.</summary>
    Conll,

    /// <summary>SQuAD's JSON.</summary>
    Squad,
}

/// <summary>The source of rows, so that another program can read them again.</summary>
/// <param name="Path">The absolute path of the file.</param>
/// <param name="Form">The format of its rows.</param>
internal sealed record TableSource(string Path, SourceForm Form)
{
    /// <summary>The separator between columns, or null if it is not a single character.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether the first line is a header.</summary>
    public bool HasHeader { get; init; }

    /// <summary>The columns that were read, with their indices, labels first; empty for formats with fixed field names.</summary>
    public IReadOnlyList<(string Name, int Index)> Columns { get; init; } = [];

    /// <summary>Whether columns are found by name; otherwise by number.</summary>
    public bool Named => HasHeader || Form is SourceForm.JsonLines or SourceForm.Parquet;

    /// <summary>The number of label columns.</summary>
    public int Labels { get; init; } = 1;

    /// <summary>The number of rows without a label, which were not read.</summary>
    public int IgnoredRows { get; init; }

    /// <summary>The word and tag columns of a CoNLL file, from 0, or null if they are detected.</summary>
    public (int? Word, int? Tag) ConllColumns { get; init; }

    /// <summary>Whether the same code can read both sources.</summary>
    public bool HasFormOf(TableSource other) =>
        Form == other.Form
            && Separator == other.Separator
            && HasHeader == other.HasHeader
            && Columns.SequenceEqual(other.Columns)
            && ConllColumns == other.ConllColumns;
}
