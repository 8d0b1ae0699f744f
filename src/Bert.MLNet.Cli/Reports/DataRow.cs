namespace Bert.MLNet.Cli.Reports;

/// <summary>The common parts of a row for all tasks.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text, or empty.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record DataRow(string Text, string Pair, params IReadOnlyList<string> Labels);
