using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Tests.Cli;

/// <summary>What tables are taken for.</summary>
public sealed class TableInferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.tsv", "one, two\t1\nthree\t0\n", '\t')]
    [InlineData("a.txt", "one, two\t1\nthree\t0\n", '\t')]
    [InlineData("a.csv", "one;1\ntwo, three;0\n", ';')]
    [InlineData("a.csv", "\"one; two\",1\nthree,0\n", ',')]
    [InlineData("a.txt", "one|1\ntwo, and three|0\n", '|')]
    [InlineData("a.csv", "one\n", ',')]
    public void The_separator_is_the_one_that_cuts_all_rows_alike(string name, string text, char separator)
    {
        File.WriteAllText(_folder[name], text);
        Assert.Equal(separator, DelimitedText.SeparatorOf(_folder[name]));
    }

    [Theory]
    [InlineData("Wow, loved it.|1\nNot good.|0\nFresh.|1", false)] // as in mlnet's yelp
    [InlineData("Text|Label\nNot good.|0\nFresh.|1", true)]
    [InlineData("Text|Label\na|no\nb|yes\nc|no\nd|yes", true)]
    [InlineData("e|no\na|no\nb|yes\nc|no\nd|yes", false)]
    [InlineData("e|sport\na|news\nb|art", false)]
    public void A_header_is_seen_by_the_labels(string rows, bool expected) =>
        Assert.Equal(expected, Header.IsThere([.. rows.Split('\n').Select(row => row.Split('|'))], label: 1));

    [Theory]
    [InlineData("2020,2021\nyes,a\nno,b\n", "--label-col 2020 --text-col 2021",
        "2 rows, comma-separated, with a header, label '2020', text '2021', 2 labels: no, yes")]
    [InlineData("2020,2021\nyes,a\nno,b\n", "--label-col 0 --text-col 2021",
        "2 rows, comma-separated, with a header, label '2020', text '2021', 2 labels: no, yes")]
    [InlineData(" label,label,text \nyes,no,a\nno,yes,b\n", "--label-col label --text-col text",
        "label 'label', text 'text', 2 labels: no, yes")]
    public async Task Names_that_are_numbers_or_are_there_twice_are_found(string rows, string options, string told)
    {
        await File.WriteAllTextAsync(_folder["a.csv"], rows, TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", ["text-classification", "--dataset", _folder["a.csv"], "--model", _folder["none"], .. options.Split(' ')]);
        Assert.Equal(1, run.ExitCode); // there is no such checkpoint
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_as_it_stands_goes_before_one_without_its_blanks()
    {
        string[] names = [" text", "text", "text "];
        Assert.Equal([0, 1, 2], names.Select(name => TableColumns.Find("a.jsonl", names, 3, name)));
        Assert.Equal(0, TableColumns.Find("a.jsonl", names[..1], 1, "text"));
    }

    [Theory]
    [InlineData("--label-col 1 --text-col 0", "4 rows, tab-separated, no header, label '1', text '0', 2 labels: 0, 1")]
    [InlineData("--label-col 1 --text-col 0 --has-header true", "3 rows, tab-separated, with a header, label '1', text 'Wow, loved it.'")]
    [InlineData("--label-col 1", "4 rows, tab-separated, no header, label '1', text '0'")]
    public async Task What_a_table_was_taken_for_is_told(string options, string told)
    {
        await File.WriteAllTextAsync(
            _folder["yelp.tsv"], "Wow, loved it.\t1\nNot good.\t0\nFresh.\t1\nPoor.\t0\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", ["text-classification", "--dataset", _folder["yelp.tsv"], "--model", _folder["none"], .. options.Split(' ')]);
        Assert.Equal(1, run.ExitCode); // there is no such checkpoint
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }
}
