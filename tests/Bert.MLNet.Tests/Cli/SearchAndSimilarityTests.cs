using System.Text.Json;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>similarity</c> and <c>search</c> against cosines from plain loops.</summary>
public sealed class SearchAndSimilarityTests : IDisposable
{
    private static readonly string[] s_texts = ["good", "bad a b", "c d e f", "", "good day", "g"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public SearchAndSimilarityTests() => _model = new TinyCheckpoint().Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Similarity_is_the_cosine_of_the_two_means()
    {
        ToolRun run = await ToolRun.Of("""
            {"id": 1, "text": "good", "pair": "good day"}
            {"id": 2, "text": "c d", "pair": "c d"}
            {"id": 3, "text": "a"}
            """, "similarity", "--model", _model);
        double[] expected = [Cosine("good", "good day"), 1, Cosine("a", "")];
        Assert.All(run.Lines.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.GetProperty("similarity").GetDouble(), 1e-5));
        Assert.Equal(3, run.Lines.Length);
    }

    [Fact]
    public async Task One_pair_can_stand_on_the_command_line()
    {
        ToolRun run = await ToolRun.Of("", "similarity", "--model", _model, "--text", "good \"x\"", "--pair", "bad");
        Assert.Equal(Cosine("good \"x\"", "bad"), Assert.Single(run.Lines).GetProperty("similarity").GetDouble(), 1e-5);
    }

    [Fact]
    public async Task Search_gives_the_nearest_lines_first()
    {
        string input = string.Join('\n', s_texts.Select((text, i) => JsonSerializer.Serialize(new { id = i, text, pair = "not read" })));
        ToolRun run = await ToolRun.Of(input, "search", "good a", "--model", _model, "--top-k", "3");
        int[] expected = [.. Enumerable.Range(0, s_texts.Length).OrderByDescending(i => Cosine("good a", s_texts[i])).Take(3)];
        Assert.Equal(expected, run.Lines.Select(line => line.GetProperty("id").GetInt32()));
        Assert.All(run.Lines, line =>
        {
            Assert.Equal(s_texts[line.GetProperty("id").GetInt32()], line.GetProperty("text").GetString());
            Assert.Equal(Cosine("good a", line.GetProperty("text").GetString()!), line.GetProperty("score").GetDouble(), 1e-5);
        });
    }

    [Fact]
    public async Task Search_keeps_the_order_of_equals_and_all_lines_of_a_short_file()
    {
        ToolRun run = await ToolRun.Of("""
            {"id": "first", "text": "a"}
            {"id": "second", "text": "a"}
            """, "search", "a", "--model", _model);
        Assert.Equal(["first", "second"], run.Lines.Select(line => line.GetProperty("id").GetString()));
        Assert.Equal(2, (await ToolRun.Of("", "search", "a", "--model", _model, "--top-k", "0")).ExitCode);
    }

    [Fact]
    public async Task Search_writes_the_form_that_the_name_of_its_file_says()
    {
        using var folder = new TemporaryFolder();
        ToolRun run = await ToolRun.Of(
            "{\"id\": 1, \"text\": \"a, good\"}", "search", "a", "--model", _model, "--output", folder["hits.csv"]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        string[] lines = await File.ReadAllLinesAsync(folder["hits.csv"], TestContext.Current.CancellationToken);
        Assert.Equal("id,score,text", lines[0]);
        Assert.Matches("^1,\\S+,\"a, good\"$", Assert.Single(lines[1..]));
        Assert.Equal(["hits.csv"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("--prompt", "b ", "b ")]
    [InlineData("--prompt-name", "task", "c d ")]
    [InlineData("--prompt", "", "")]
    [InlineData(null, null, "e ")]
    public async Task A_prompt_stands_before_both_texts_of_a_similarity(string? option, string? value, string prompt)
    {
        WritePrompts("""{"prompts": {"task": "c d ", "usual": "e "}, "default_prompt_name": "usual"}""");
        ToolRun run = await ToolRun.Of(
            "", ["similarity", "--model", _model, "--text", "good", "--pair", "a g",
                .. option is null ? Array.Empty<string>() : [option, value!]]);
        Assert.Equal(Cosine(prompt + "good", prompt + "a g"), Assert.Single(run.Lines).GetProperty("similarity").GetDouble(), 1e-5);
    }

    [Theory]
    [InlineData(null, null, "b ", "c d ")]
    [InlineData("--prompt", "e ", "e ", "c d ")]
    [InlineData("--document-prompt-name", "query", "b ", "b ")]
    [InlineData("--document-prompt", "", "b ", "")]
    public async Task Queries_and_documents_have_prompts_of_their_own(string? option, string? value, string query, string document)
    {
        WritePrompts("""{"prompts": {"query": "b ", "document": "c d "}}""");
        ToolRun run = await ToolRun.Of("""{"text": "a g"}""", ["search", "good", "--model", _model, .. option is null ? Array.Empty<string>() : [option, value!]]);
        Assert.Equal(Cosine(query + "good", document + "a g"), Assert.Single(run.Lines).GetProperty("score").GetDouble(), 1e-5);
    }

    [Theory]
    [InlineData("--prompt-name passage", "has no prompt 'passage'; it has document, query.")]
    [InlineData("--prompt x --prompt-name query", "Use --prompt or --prompt-name, not both.")]
    public async Task A_prompt_that_is_not_there_is_named(string options, string message)
    {
        WritePrompts("""{"prompts": {"query": "b ", "document": "c d "}}""");
        ToolRun run = await ToolRun.Of("", ["similarity", "--model", _model, "--text", "a", "--pair", "b", .. options.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private void WritePrompts(string json) => File.WriteAllText(Path.Combine(_model, "config_sentence_transformers.json"), json);

    private double Cosine(string a, string b)
    {
        (double[] x, double[] y) = (Mean(a), Mean(b));
        return x.Zip(y, (p, q) => p * q).Sum() / Math.Sqrt(x.Sum(p => p * p) * y.Sum(q => q * q));
    }

    private double[] Mean(string text)
    {
        BertModel model = BertModel.FromPretrained(_model);
        int[] ids = [.. model.Tokenizer.Encode(text).Ids];
        double[][] states = new PlainBert(model).HiddenStates(ids, new int[ids.Length])[^1];
        return [.. Enumerable.Range(0, states[0].Length).Select(i => states.Average(state => state[i]))];
    }
}
