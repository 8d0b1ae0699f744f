using Bert.MLNet.Cli.Reports;

namespace Bert.MLNet.Tests.Cli.Reports;

/// <summary>What is said about rows that are likely to be wrong, and that nothing is said about others.</summary>
public sealed class DataWarningsTests
{
    private static readonly BertModel s_bert = new TinyCheckpoint().Load();

    [Fact]
    public void Rows_with_a_different_label_each_cause_a_warning_unless_labels_are_numbers()
    {
        DataPart train = Part("training", Enumerable.Range(0, 60).Select(i => ($"text {i}", $"{i:D2}")));
        Assert.Contains("The 60 training rows have 60 different labels", Assert.Single(Of(train)), StringComparison.Ordinal);
        Assert.Empty(Of(train with { HasNumbers = true }));
    }

    [Fact]
    public void Labels_of_a_single_row_and_of_no_training_row_are_named()
    {
        DataPart train = Part("training", [.. Good(20), ("rare", "odd")]);
        Assert.StartsWith("The label 'odd' occurs only once in the training rows", Assert.Single(Of(train)), StringComparison.Ordinal);
        DataPart test = Part("test", [.. Good(99, from: 50), ("new", "unknown"), ("newer", "z")]);
        Assert.StartsWith("2 labels, such as 'unknown', occur in the rows for test, but not in the training rows",
            Assert.Single(Of(Part("training", Good(20)), test)), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_that_are_mostly_missing_cause_a_warning()
    {
        DataPart rows = Part("training", Good(20));
        Assert.StartsWith(
            "Most rows have no label: 21 of 41 are ignored.", Assert.Single(Of(rows with { IgnoredRows = 21 })),
            StringComparison.Ordinal);
        Assert.Empty(Of(rows with { IgnoredRows = 20 }));
        Assert.StartsWith("3 of the 23 training rows lack a text", Assert.Single(Of(
            Part("training", [.. Good(20), ("", "a"), (" ", "b"), ("", "b")]))), StringComparison.Ordinal);
        var pairs = new DataPart("training", [.. Enumerable.Range(0, 20).Select(
            i => new DataRow($"text {i}", i < 8 ? "" : "other", i % 2 == 0 ? "a" : "b"))]);
        Assert.StartsWith("8 of the 20 training rows lack one of the two texts", Assert.Single(Of(pairs)), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_both_parts_are_counted() =>
        Assert.StartsWith("20 of the 100 rows for test have texts that are also in the training rows",
            Assert.Single(Of(Part("training", Good(20)), Part("test", Good(100)))), StringComparison.Ordinal);

    private static IEnumerable<string> Of(params DataPart[] parts) => DataWarnings.Of(parts, s_bert);

    private static IEnumerable<(string, string)> Good(int count, int from = 0) =>
        Enumerable.Range(from, count).Select(i => ($"a {i}", i % 2 == 0 ? "a" : "b"));

    private static DataPart Part(string name, IEnumerable<(string Text, string Label)> rows) =>
        new(name, [.. rows.Select(row => new DataRow(row.Text, "", row.Label))]);
}
