namespace Bert.MLNet.Cli.Reports;

/// <summary>What a row of any task has.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text; empty for none.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record DataRow(string Text, string Pair, params IReadOnlyList<string> Labels);
