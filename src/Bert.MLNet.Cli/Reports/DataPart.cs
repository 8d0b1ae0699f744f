namespace Bert.MLNet.Cli.Reports;

/// <summary>The rows for one purpose, such as validation.</summary>
/// <param name="Name">The purpose.</param>
/// <param name="Rows">The rows.</param>
internal sealed record DataPart(string Name, IReadOnlyList<DataRow> Rows)
{
    /// <summary>The frequency of each label.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; } = Rows.SelectMany(row => row.Labels).CountBy(label => label).ToDictionary();
}
