using System.CommandLine;
using Bert.MLNet.Cli;

namespace Bert.MLNet.Tests.Cli;

/// <summary>What holds for every verb: files, errors, exit codes.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ToolTests() => _model = new TinyCheckpoint().Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tokenize")]
    [InlineData("encode")]
    [InlineData("embed")]
    public async Task A_file_holds_what_the_pipe_would_get(string verb)
    {
        const string lines = "{\"id\": 1, \"text\": \"a b\"}\n{\"id\": 2, \"text\": \"c\"}";
        await File.WriteAllTextAsync(_folder["in.jsonl"], lines, new System.Text.UTF8Encoding(true), TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", verb, "--model", _model, "--dataset", _folder["in.jsonl"], "--output", _folder["new", "out.jsonl"]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal((await ToolRun.Of(lines, verb, "--model", _model)).Output,
            await File.ReadAllTextAsync(_folder["new", "out.jsonl"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("tokenize")]
    [InlineData("encode")]
    [InlineData("embed")]
    public async Task A_broken_line_is_told_by_its_number_and_leaves_the_file_as_it_was(string verb)
    {
        await File.WriteAllTextAsync(_folder["out.jsonl"], "old", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"text\": ", verb, "--model", _model, "--output", _folder["out.jsonl"]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("Line 3 of standard input is not valid JSON", run.Error);
        Assert.DoesNotContain("\n", run.Error);
        Assert.Equal("old", await File.ReadAllTextAsync(_folder["out.jsonl"], TestContext.Current.CancellationToken));
        Assert.Equal(["out.jsonl"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("[1]", "is not a JSON object")]
    [InlineData("{\"text\": 3}", "has a text that is not a string")]
    [InlineData("{\"text\": \"a\", \"pair\": [\"b\"]}", "has a pair that is not a string")]
    public async Task A_field_of_another_kind_is_named(string line, string message) =>
        Assert.StartsWith("Line 1 of standard input " + message, (await ToolRun.Of(line, "tokenize", "--model", _model)).Error);

    [Fact]
    public async Task A_stack_trace_is_shown_on_request_only()
    {
        Assert.DoesNotContain("   at ", (await ToolRun.Of("x", "tokenize", "--model", _model)).Error);
        Assert.Contains("   at ", (await ToolRun.Of("x", "tokenize", "--model", _model, "--verbose")).Error);
    }

    [Theory]
    [InlineData("tokenize")]
    [InlineData("no-such-verb")]
    [InlineData("tokenize --model x --truncation middle")]
    [InlineData("tokenize --model x --max-length 1")]
    public async Task A_wrong_command_line_exits_with_2_and_one_line(string line)
    {
        ToolRun run = await ToolRun.Of("", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--help", run.Error);
        Assert.DoesNotContain("\n", run.Error);
    }

    [Fact]
    public async Task A_value_that_is_no_number_is_a_wrong_command_line_for_every_option()
    {
        RootCommand root = Tool.Create(new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null));
        (string Verb, Option Option)[] options =
            [.. root.Subcommands.SelectMany(verb => verb.Options, (verb, option) => (verb.Name, option))
            .Where(pair => pair.option.ValueType != typeof(string) && pair.option.Arity.MinimumNumberOfValues > 0)];
        Assert.Contains(options, pair => pair.Option.Name == "--patience");
        Assert.Contains(options, pair => pair.Option.Name == "--seed");
        foreach ((string verb, Option option) in options.Where(pair => pair.Option.ValueType != typeof(string[])))
        {
            ToolRun run = await ToolRun.Of("", verb, option.Name, "x");
            Assert.Equal(2, run.ExitCode);
            Assert.DoesNotContain("\n", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
        }
        Assert.StartsWith("--patience must be a number, not 'x'.",
            (await ToolRun.Of("", "text-classification", "--dataset", "x", "--patience", "x")).Error, StringComparison.Ordinal);
        Assert.StartsWith("--seed must be a number, not 'x'.",
            (await ToolRun.Of("", "text-classification", "--dataset", "x", "--seed", "x")).Error, StringComparison.Ordinal);
        Assert.StartsWith("--vocab-size must be at least 1.", (await ToolRun.Of("", "train-vocabulary", "--vocab-size", "0")).Error,
            StringComparison.Ordinal);
        Assert.StartsWith("--max-length must be a number, not 'x'.",
            (await ToolRun.Of("", "tokenize", "--model", "x", "--max-length", "x")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_data_is_an_error()
    {
        ToolRun run = await ToolRun.Of("", "tokenize", "--model", _model, "--dataset", _model);
        Assert.Equal((1, $"The folder '{_model}' has no .jsonl, .tsv, .csv or .parquet files. Specify the path of a file."),
            (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_verb_that_is_none_is_named() =>
        Assert.StartsWith("There is no verb 'train'.", (await ToolRun.Of("", "train", "--dataset", "x")).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("There is no verb 'serch'. Did you mean 'search'?", "serch", "x")]
    [InlineData("There is no verb 'xyz'. See", "xyz")]
    [InlineData("'embed' has no option '--modl'. Did you mean '--model'?", "embed", "--modl", "x")]
    [InlineData("'embed' has no option '--quite'. Did you mean '--quiet'?", "embed", "--quite")]
    [InlineData("'embed' has no option '--nothing-like-it'. See", "embed", "--nothing-like-it")]
    public async Task A_name_that_is_none_is_told_with_the_most_similar_one(string error, params string[] arguments)
    {
        ToolRun run = await ToolRun.Of("", arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Txt", " Did you mean 'Text'?"), InlineData("text", " Did you mean 'Text'?"), InlineData("Lable", " Did you mean 'Label'?")]
    [InlineData("review", "")]
    public async Task A_column_that_is_none_is_told_with_the_most_similar_one(string column, string suggestion)
    {
        await File.WriteAllTextAsync(_folder["table.tsv"], "Text\tLabel\ngood\t1\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "embed", "--model", _model, "--dataset", _folder["table.tsv"], "--text-col", column);
        Assert.Equal($"'{_folder["table.tsv"]}' has no column '{column}'; it has Text, Label.{suggestion}", run.Error);
    }

    [Fact]
    public async Task Without_arguments_the_tool_prints_its_help()
    {
        ToolRun bare = await ToolRun.Of(""), help = await ToolRun.Of("", "--help");
        Assert.Equal((0, help.Output, ""), (bare.ExitCode, bare.Output, bare.Error));
        Assert.Contains("text-classification", bare.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_checkpoint_and_a_missing_output_are_failures_with_a_remedy()
    {
        Assert.Equal(1, (await ToolRun.Of("", "embed", "--model", _folder["none"])).ExitCode);
        ToolRun run = await ToolRun.Of("{}", "encode", "--model", _model, "--outputs", "logits");
        Assert.Equal((2, "'model' has no output 'logits'; it has last_hidden_state, pooler_output. Select from these with --outputs."),
            (run.ExitCode, run.Error));
    }
}
