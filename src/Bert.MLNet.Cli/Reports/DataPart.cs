namespace Bert.MLNet.Cli.Reports;

/// <summary>Rows that a training uses for one thing.</summary>
/// <param name="Name">What they are used for.</param>
/// <param name="Rows">The rows.</param>
internal sealed record DataPart(string Name, IReadOnlyList<DataRow> Rows)
{
    /// <summary>How often there is each label.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; } = Rows.SelectMany(row => row.Labels).CountBy(label => label).ToDictionary();
}
