using Parquet.Serialization;

namespace Bert.MLNet.Tests.Cli;

/// <summary>The verbs read the columns that the command line names, in data sets of every form.</summary>
public sealed class LineColumnsTests : IDisposable
{
    private static readonly (string Body, string Other)[] s_rows = [("good a", "b c"), ("bad", "d e f"), ("c d", "good")];

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public LineColumnsTests() => _model = new TinyCheckpoint().Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.tsv", "--text-col body --sentence2-col other")]
    [InlineData("a.csv", "--sentence1-col body --sentence2-col other")]
    [InlineData("a.csv", "--text-col 1 --sentence2-col 2 --has-header true")]
    [InlineData("a.csv", "--text-col 1 --sentence2-col 2")] // the first row has the name id
    [InlineData("bare.csv", "--text-col 1 --sentence2-col 2")]
    [InlineData("bare.tsv", "--text-col 1 --sentence2-col 2 --has-header false")]
    [InlineData("a.jsonl", "--text-col body --sentence2-col other")]
    [InlineData("a.parquet", "--text-col body --sentence2-col other")]
    [InlineData("a.parquet", "--text-col 1 --sentence2-col 2")]
    public async Task Named_and_counted_columns_are_read(string file, string columns)
    {
        string path = await Write(file);
        foreach (string verb in new[] { "similarity", "embed", "tokenize" })
        {
            ToolRun expected = await ToolRun.Of(string.Join('\n', s_rows.Select(row => $$"""{"text": "{{row.Body}}", "pair": "{{row.Other}}"}""")), verb, "--model", _model);
            ToolRun run = await ToolRun.Of("", [verb, "--model", _model, "--dataset", path, "--quiet", .. columns.Split(' ')]);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal(expected.Lines.Select(line => line.EnumerateObject().Last().Value.GetRawText()),
                run.Lines.Select(line => line.EnumerateObject().Last().Value.GetRawText()));
        }
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.jsonl")]
    [InlineData("a.parquet")]
    public async Task A_verb_of_pairs_refuses_a_data_set_without_second_texts(string file)
    {
        string path = await Write(file);
        ToolRun run = await ToolRun.Of("", ["similarity", "--model", _model, "--dataset", path, "--text-col", "body", "--quiet"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has no column 'pair'; it has ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Specify the column of second texts with --sentence2-col.", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Lines);
    }

    [Fact]
    public async Task A_verb_of_pairs_answers_lines_of_which_some_lack_the_second_text()
    {
        ToolRun run = await ToolRun.Of("{\"text\": \"good\"}\n{\"text\": \"good\", \"pair\": \"bad\"}\n", "similarity", "--model", _model);
        Assert.Equal((0, 2), (run.ExitCode, run.Lines.Length));
        ToolRun none = await ToolRun.Of("{\"text\": \"good\"}\n", "similarity", "--model", _model);
        Assert.Equal((1, "Standard input has no column 'pair'; it has text. Specify the column of second texts with --sentence2-col."),
            (none.ExitCode, none.Error));
        ToolRun one = await ToolRun.Of("", "similarity", "--model", _model, "--text", "good");
        Assert.Equal((2, "Two texts are needed. Specify the second with --pair."), (one.ExitCode, one.Error));
    }

    [Theory]
    [InlineData("a.csv", "--text-col body")]
    [InlineData("a.jsonl", "--text-col body")]
    [InlineData("bare.csv", "--text-col 1")]
    public async Task Search_reads_the_column_that_is_named(string file, string columns)
    {
        ToolRun run = await ToolRun.Of(
            "", ["search", "good a", "--model", _model, "--dataset", await Write(file), "--top-k", "1", "--quiet", .. columns.Split(' ')]);
        Assert.Equal("good a", Assert.Single(run.Lines).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("a.csv", "--text-col Body", "has no column 'Body'; it has id, body, other.")]
    [InlineData("a.csv", "--text-col 3", "has no column '3'; it has id, body, other.")]
    [InlineData("bare.csv", "--text-col 3", "has no column '3'; it has 0, 1, 2.")]
    [InlineData("a.parquet", "--text-col Body", "has no column 'Body'; it has id, body, other.")]
    [InlineData("a.jsonl", "--text-col Body", "No line of the data set has the field 'Body'; the lines have body, id, other.")]
    [InlineData("a.jsonl", "--text-col 1", "No line of the data set has the field '1'; the lines have body, id, other.")]
    [InlineData("a.jsonl", "--text-col body --sentence2-col pair", "No line of the data set has the field 'pair'")]
    [InlineData("a.csv", "", "has no column 'text'; it has id, body, other. Specify the text column with --text-col.")]
    public async Task A_column_that_is_not_there_is_named_with_those_that_are(string file, string columns, string message)
    {
        ToolRun run = await ToolRun.Of(
            "", ["embed", "--model", _model, "--dataset", await Write(file), "--output", _folder["out.jsonl"],
                .. columns.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["out.jsonl"]));
    }

    [Theory]
    [InlineData("pandas.csv", "0,1,2\nx,good a,b c\n", "--text-col 1 --sentence2-col 2")] // as pandas names columns
    [InlineData("years.csv", "2019,2020,2021\nx,good a,b c\n", "--text-col 2020 --sentence2-col 2021")]
    [InlineData("years.csv", "2019,2020,2021\nx,good a,b c\n", "--text-col 2020 --sentence2-col 2")]
    // a name means the first of its columns
    [InlineData("twice.tsv", "id\tbody\tbody\nx\tgood a\tb c\n", "--text-col body --sentence2-col 2")]
    [InlineData("twice.csv", "id,body,body\nx,good a,b c\n", "--text-col 1 --sentence2-col 2")]
    [InlineData("nameless.csv", ",body,\nx,good a,b c\n", "--text-col body --sentence2-col 2")]
    public async Task Columns_with_numbers_for_names_and_with_one_name_for_two_are_told_apart(string file, string content, string columns)
    {
        await File.WriteAllTextAsync(_folder[file], content, TestContext.Current.CancellationToken);
        ToolRun expected = await ToolRun.Of("""{"text": "good a", "pair": "b c"}""", "tokenize", "--model", _model);
        ToolRun run = await ToolRun.Of("", ["tokenize", "--model", _model, "--dataset", _folder[file], "--quiet", .. columns.Split(' ')]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(Ids(expected), Ids(run));

        static string Ids(ToolRun run) => Assert.Single(run.Lines).GetProperty("input_ids").GetRawText();
    }

    [Fact]
    public async Task A_field_that_some_lines_lack_is_empty_text_there_and_one_that_none_has_is_an_error_before_the_first_answer()
    {
        string lines = string.Join('\n', Enumerable.Range(0, 40).Select(i => i == 15 ? $$"""{"id": {{i}}, "body": "good"}""" : $$"""{"id": {{i}}, "text": "bad"}"""));
        ToolRun run = await ToolRun.Of(lines, "tokenize", "--model", _model, "--text-col", "body");
        Assert.Equal((0, 40), (run.ExitCode, run.Lines.Length));
        Assert.Equal([15], run.Lines.Index().Where(line => line.Item.GetProperty("input_ids").GetArrayLength() > 2)
            .Select(line => line.Index));

        ToolRun none = await ToolRun.Of(
            lines.Replace("body", "else", StringComparison.Ordinal), "tokenize", "--model", _model, "--text-col", "body");
        Assert.Equal((1, ""), (none.ExitCode, none.Output));
        Assert.Contains("No line of the data set (of the first 16) has the field 'body'; the lines have else, id, text.", none.Error,
            StringComparison.Ordinal);
    }

    private async Task<string> Write(string file)
    {
        string path = _folder[file];
        char separator = Path.GetExtension(file) == ".csv" ? ',' : '\t';
        IEnumerable<string> cells = s_rows.Select((row, i) => string.Join(separator, i, row.Body, row.Other));
        if (file == "a.parquet")
            await ParquetSerializer.SerializeAsync(
                s_rows.Select((row, i) => new Row { id = i, body = row.Body, other = row.Other }), path,
                cancellationToken: TestContext.Current.CancellationToken);
        else
        {
            await File.WriteAllLinesAsync(path, file switch
            {
                "a.jsonl" => s_rows.Select((row, i) => $$"""{"id": {{i}}, "body": "{{row.Body}}", "other": "{{row.Other}}"}"""),
                "a.tsv" or "a.csv" => cells.Prepend(string.Join(separator, "id", "body", "other")),
                _ => cells,
            }, TestContext.Current.CancellationToken);
        }
        return path;
    }

#pragma warning disable IDE1006 // the names of columns
    private sealed class Row
    {
        public int id { get; set; }

        public string body { get; set; } = "";

        public string other { get; set; } = "";
    }
#pragma warning restore IDE1006
}
