namespace Bert.MLNet.Cli.Tables;

/// <summary>Where rows came from, so that another program reads them again.</summary>
/// <param name="Path">The whole path of the file.</param>
/// <param name="Separator">What stands between columns; null for JSON lines.</param>
/// <param name="HasHeader">Whether the first line names the columns.</param>
/// <param name="Columns">The columns that were read, with their places from 0: the label, the text, and the second text if there is one.</param>
internal sealed record TableSource(string Path, char? Separator, bool HasHeader, IReadOnlyList<(string Name, int Index)> Columns)
{
    /// <summary>Whether code that reads the one reads the other.</summary>
    public bool HasFormOf(TableSource other) => Separator == other.Separator && HasHeader == other.HasHeader && Columns.SequenceEqual(other.Columns);
}
