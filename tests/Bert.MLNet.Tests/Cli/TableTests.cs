using System.Text.Json;

namespace Bert.MLNet.Tests.Cli;

/// <summary>Tables as people write them: what is learnt from them and what is told of them, and which are refused.</summary>
public sealed class TableTests : IDisposable
{
    private const string Csv = "text,id,Label\n\"good food\",1,good\nbad soup,2,bad\ngood day,3,good\nbad day,4,bad\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public TableTests() => _model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("embed", "embedding")]
    [InlineData("tokenize", "input_ids")]
    [InlineData("similarity", "similarity")]
    [InlineData("encode", "last_hidden_state")]
    [InlineData("search food", "score")]
    public async Task Rows_that_end_with_CR_are_answered_by_every_verb(string verb, string field)
    {
        string[] forms = ["csv", "tsv", "jsonl"];
        foreach (string form in forms)
        {
            string text = form == "jsonl"
                ? "{\"text\": \"good food\", \"pair\": \"soup\"}\r{\"text\": \"bad soup\", \"pair\": \"food\"}\r"
                : "text,pair\rgood food,soup\rbad soup,food\r".Replace(',', form == "csv" ? ',' : '\t');
            await File.WriteAllTextAsync(_folder["cr." + form], text, Token);
            await File.WriteAllTextAsync(_folder["lf." + form], text.Replace('\r', '\n'), Token);
            ToolRun run = await ToolRun.Of("", [.. verb.Split(' '), "--model", _model, "--dataset", _folder["cr." + form]]);
            Assert.Equal((0, 2), (run.ExitCode, run.Lines.Length));
            Assert.All(run.Lines, line => Assert.True(line.TryGetProperty(field, out _)));
            Assert.Equal((await ToolRun.Of("", [.. verb.Split(' '), "--model", _model, "--dataset", _folder["lf." + form]])).Output,
                run.Output);
        }
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Rows_without_a_label_are_counted_told_and_no_class(string form)
    {
        string[] labels = ["good", "bad", "", " ", "good", "bad", "good", "bad"];
        await File.WriteAllLinesAsync(_folder["in." + form], form == "csv"
            ? labels.Select((label, i) => $"text {i}, {label}").Prepend("Text,Label")
            : labels.Select((label, i) =>
                JsonSerializer.Serialize(i == 3
                    ? new { Text = $"text {i}", Label = (string?)null }
                    : new { Text = $"text {i}", Label = (string?)label })), Token);
        ToolRun run = await Train("in." + form, "--text-col", "Text", "--split-ratio", "0");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains($"in.{form}: 2 rows have no label and are ignored.", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 labels: bad, good", run.Error, StringComparison.Ordinal);
        JsonElement metrics = JsonElement.Parse(await File.ReadAllTextAsync(_folder["out", "m.metrics.json"], Token));
        Assert.Equal(6, metrics.GetProperty("Rows").GetInt32());

        ToolRun evaluated = await ToolRun.Of(
            "", "evaluate", "--model", _folder["out", "m.zip"], "--dataset", _folder["in." + form], "--text-col", "Text");
        Assert.Contains("2 rows have no label and are ignored.", evaluated.Error, StringComparison.Ordinal);
        JsonElement line = Assert.Single(evaluated.Lines);
        Assert.Equal(6, ToolRun.Numbers(line, "ConfusionMatrix").Sum());
        Assert.False(line.TryGetProperty("RowsOfUnknownLabels", out _));
    }

    [Fact]
    public async Task A_similarity_leaves_out_rows_without_a_number()
    {
        await File.WriteAllTextAsync(_folder["in.csv"], "A,B,Score\na,b,1\nc,d,\ne,f, 3 \ng,h,2\n", Token);
        ToolRun run = await ToolRun.Of(
            "", "sentence-similarity", "--dataset", _folder["in.csv"], "--model", _model, "--label-col", "Score", "--sentence1-col", "A",
            "--sentence2-col", "B", "--method", "embed", "--split-ratio", "0", "--output", _folder["out"]);
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains("in.csv: 1 rows have no label and are ignored.", run.Error, StringComparison.Ordinal);
        Assert.Contains("numbers from 1 to 3", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_any_label_is_refused()
    {
        await File.WriteAllTextAsync(_folder["in.csv"], "Text,Label\na,\nb, \n", Token);
        ToolRun run = await Train("in.csv", "--text-col", "Text");
        Assert.Equal((1, $"No row of '{_folder["in.csv"]}' has a label in column 'Label'. Specify the label column with --label-col."),
            (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("--label-col sentiment --text-col Review",
        "has no column 'Review'; it has review, sentiment, note, tags. Did you mean 'review'?")]
    [InlineData("--label-col Sentiment --text-col review",
        "has no column 'Sentiment'; it has review, sentiment, note, tags. Did you mean 'sentiment'?")]
    [InlineData("--text-col review", "has no column 'Label'; it has review, sentiment, note, tags.")]
    [InlineData("--label-col 7 --text-col review", "has no column '7'; it has review, sentiment, note, tags.")]
    public async Task A_field_that_no_line_has_is_refused_with_those_there_are(string options, string message)
    {
        await WriteReviewsAsync();
        foreach (string[] command in (
            string[][])[["text-classification", "--model", _model, "--output", _folder["out"]],
            ["evaluate", "--model", await ModelAsync()]])
        {
            ToolRun run = await ToolRun.Of("", [.. command, "--dataset", _folder["reviews.jsonl"], .. options.Split(' ')]);
            Assert.Equal((1, $"'{_folder["reviews.jsonl"]}' {message}"), (run.ExitCode, run.Error.Split('\n')[^1]));
            Assert.False(Directory.Exists(_folder["out"]));
        }
    }

    [Theory]
    [InlineData("--label-col sentiment --text-col review")]
    [InlineData("--label-col 1 --text-col 0")]
    [InlineData("--label-col 1")]
    public async Task Fields_are_named_or_counted_and_one_that_a_line_lacks_is_empty(string options)
    {
        await WriteReviewsAsync();
        ToolRun run = await Train("reviews.jsonl", options.Split(' '));
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains("reviews.jsonl: 8 rows, JSON lines, with a header, label 'sentiment', text 'review', 2 labels: bad, good",
            run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Good, but slow,good", "Row 5 of '*' has 3 cells, but the header has 2. Put a cell that contains ',' in quotes.")]
    [InlineData("good", "Row 5 of '*' has 1 cells, but the header has 2. All rows must have the same number of cells.")]
    public async Task A_ragged_row_is_refused_by_every_verb(string row, string message)
    {
        await File.WriteAllTextAsync(_folder["in.csv"], $"text,Label\na,good\nb,bad\n\nc,good\nd,bad\n{row}\n", Token);
        string model = await ModelAsync();
        foreach (string command in (
            string[])["text-classification --model *", "embed --model *", "tokenize --model *", "search x --model *", "predict --model **",
            "evaluate --text-col text --model **"])
        {
            ToolRun run = await ToolRun.Of(
                "", [.. command.Split(' ').Select(word => word == "*" ? _model : word == "**" ? model : word), "--dataset",
                    _folder["in.csv"], "--output", _folder["out"]]);
            Assert.Equal((1, message.Replace("*", _folder["in.csv"], StringComparison.Ordinal)), (run.ExitCode, run.Error.Split('\n')[^1]));
            Assert.False(Path.Exists(_folder["out"]));
        }
    }

    [Theory]
    // as pandas names columns
    [InlineData("0,1\na,good\nb,bad\nc,good\nd,bad\n", "4 rows, comma-separated, with a header, label '1', text '0', 2 labels: bad, good")]
    [InlineData("0,1\na,1\nb,0\nc,1\nd,0\n", "4 rows, comma-separated, with a header, label '1', text '0', 2 labels: 0, 1")]
    [InlineData("1,0\na,1\nb,0\nc,1\nd,0\n", "5 rows, comma-separated, no header, label '1', text '0', 2 labels: 0, 1")]
    [InlineData("x,7\na,good\nb,bad\nc,good\nd,bad\n", "4 rows, comma-separated, with a header, label '7', text 'x', 2 labels: bad, good")]
    [InlineData("x,5\na,1\nb,2\nc,1\nd,2\n", "5 rows, comma-separated, no header, label '1', text '0', 3 labels: 1, 2, 5")]
    public async Task A_header_of_numbers_is_told_from_a_row(string text, string told)
    {
        await File.WriteAllTextAsync(_folder["in.csv"], text, Token);
        ToolRun run = await Train("in.csv", "--label-col", "1", "--text-col", "0");
        Assert.Equal((0, $"{_folder["in.csv"]}: {told}"), (run.ExitCode, run.Error.Split('\n')[0].TrimEnd()));
    }

    [Fact]
    public async Task A_model_is_not_measured_on_labels_that_it_does_not_know()
    {
        string model = await ModelAsync();
        ToolRun run = await ToolRun.Of(
            "", "evaluate", "--model", model, "--dataset", _folder["train.csv"], "--label-col", "id", "--text-col", "text");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.EndsWith($"The model knows none of the labels in '{_folder["train.csv"]}': it knows bad, good, but the rows have 1, 2, 3, " +
            "4. Specify the label column with --label-col.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text-classification", "Label", "MicroAccuracy")]
    [InlineData("sentence-similarity", "Score", "MeanAbsoluteError")]
    public async Task A_model_of_pairs_is_not_measured_on_single_texts(string verb, string label, string metric)
    {
        await File.WriteAllTextAsync(_folder["in.csv"], "A,B,Label,Score\na,b,good,1\nc,d,bad,2\ne,f,good,3\ng,h,bad,4\n", Token);
        string[] pair = ["--label-col", label, "--sentence1-col", "A", "--sentence2-col", "B"];
        Assert.Equal(0, (await ToolRun.Of(
            "", [verb, "--dataset", _folder["in.csv"], "--model", _model, "--method", "embed", "--output", _folder["out"], "--name", "m",
                .. pair])).ExitCode);
        string[] evaluate = ["evaluate", "--model", _folder["out", "m.zip"], "--dataset"];
        Assert.True(Assert.Single((await ToolRun.Of("", [.. evaluate, _folder["in.csv"], .. pair])).Lines).TryGetProperty(metric, out _));
        await File.WriteAllTextAsync(_folder["single.csv"], "A,B,Label,Score\na,,good,1\nc,,bad,2\n", Token);
        ToolRun run = await ToolRun.Of("", [.. evaluate, _folder["single.csv"], .. pair]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.EndsWith($"The model compares two texts, but no row of '{_folder["single.csv"]}' has a second text. Specify both columns " +
            "with --sentence1-col and --sentence2-col.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_which_none_has_a_text_are_refused()
    {
        const string Lines = "{\"id\": 1, \"review\": \"a\"}\n{\"id\": 2, \"note\": 3}\n";
        await File.WriteAllTextAsync(_folder["in.jsonl"], Lines, Token);
        ToolRun file = await ToolRun.Of("", "embed", "--model", _model, "--dataset", _folder["in.jsonl"], "--output", _folder["out.jsonl"]);
        Assert.Equal((1, $"'{_folder["in.jsonl"]}' has no column 'text'; it has id, review, note. Specify the text column with " +
            "--text-col."), (file.ExitCode, file.Error));
        Assert.False(File.Exists(_folder["out.jsonl"]));
        ToolRun pipe = await ToolRun.Of(Lines, "tokenize", "--model", _model);
        Assert.Equal((1, "Standard input has no column 'text'; it has id, review, note. Specify the text column with --text-col."),
            (pipe.ExitCode, pipe.Error));
        Assert.Equal(0, (await ToolRun.Of(Lines + "{\"text\": null}", "tokenize", "--model", _model)).ExitCode);
    }

    [Fact]
    public async Task The_files_seen_in_the_field_are_read_or_refused()
    {
        string cases = Shared.Folder("cases");
        foreach ((string file, string told) in ((string, string)[])
        [
            ("04-cr-only-csv/mac.csv", "40 rows, comma-separated, with a header, label 'Label', text 'Text', 2 labels: bad, good"),
            ("06-missing-labels/missing.csv", ": 5 rows have no label and are ignored."),
            ("12-windows-1252/ansi.csv", "Line 2 of '*' is not UTF-8. Save the file as UTF-8."),
            ("19-row-with-too-many-cells/ragged.csv", "Row 41 of '*' has 3 cells, but the header has 2."),
            ("19-row-with-too-many-cells/space-before-quote.csv", "Row 1 of '*' has white space before a quote."),
        ])
        {
            string path = Path.Combine(cases, file);
            string[] columns = file.StartsWith("19", StringComparison.Ordinal) ? ["label", "text"] : ["Label", "Text"];
            ToolRun run = await ToolRun.Of(
                "", "text-classification", "--dataset", path, "--label-col", columns[0], "--text-col", columns[1], "--model",
                _folder["none"]);
            Assert.Contains(told.Replace("*", path, StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<ToolRun> Train(string dataset, params string[] options) => Train("out", dataset, options);

    private Task<ToolRun> Train(string folder, string dataset, string[] options) =>
        ToolRun.Of("", ["text-classification", "--dataset", _folder[dataset], "--model", _model, "--method", "embed", "--output",
            _folder[folder], "--name", "m", .. options]);

    /// <summary>A classifier of good and bad.</summary>
    private async Task<string> ModelAsync()
    {
        if (File.Exists(_folder["trained", "m.zip"]))
            return _folder["trained", "m.zip"];
        await File.WriteAllTextAsync(_folder["train.csv"], Csv, Token);
        Assert.Equal(0, (await Train("trained", "train.csv", ["--text-col", "text"])).ExitCode);
        return _folder["trained", "m.zip"];
    }

    private Task WriteReviewsAsync() => File.WriteAllLinesAsync(_folder["reviews.jsonl"], Enumerable.Range(0, 8).Select(i =>
        i == 5 ? "{\"sentiment\": \"bad\", \"note\": 3, \"tags\": [\"x\"]}"
            : $"{{\"review\": \"the text number {i}\", \"sentiment\": \"{(i % 2 == 0 ? "good" : "bad")}\"}}"), Token);
}
