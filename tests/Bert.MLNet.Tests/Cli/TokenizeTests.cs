using System.Text.Json;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>tokenize</c>, with rows written out by hand: in the tiny vocabulary a is 5, b is 6 and so on.</summary>
public sealed class TokenizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public TokenizeTests() => _model = new TinyCheckpoint().Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_line_becomes_its_row_with_offsets_in_UTF16_units() => Assert.Equal(
        """
        {"id":1,"input_ids":[2,5,1,6,3],"token_type_ids":[0,0,0,0,0],"attention_mask":[1,1,1,1,1],"offsets":[[0,0],[0,1],[2,4],[5,6],[0,0]]}
        {"id":2,"input_ids":[2,5,3,6,7,3],"token_type_ids":[0,0,0,1,1,1],"attention_mask":[1,1,1,1,1,1],"offsets":[[0,0],[0,1],[0,0],[0,1],[2,3],[0,0]]}

        """.ReplaceLineEndings("\n"),
        (await ToolRun.Of("""
            {"id": 1, "text": "a 😀 b"}
            {"id": 2, "text": "a", "pair": "b c"}
            """, "tokenize", "--model", _model)).Output);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"text": null, "pair": null}""")]
    [InlineData("""{"text": ""}""")]
    public async Task Missing_text_is_empty_text(string line) =>
        Assert.StartsWith("""{"input_ids":[2,3],""", (await ToolRun.Of(line, "tokenize", "--model", _model)).Output);

    [Theory]
    [InlineData("null")]
    [InlineData("1e400")]
    [InlineData("12345678901234567890.10")]
    [InlineData("\"\\ud800 \\u00e9 é\"")]
    [InlineData("""{"a": [1, 2], "a": {}}""")]
    public async Task An_id_comes_back_as_it_was_written(string id)
    {
        ToolRun run = await ToolRun.Of($$"""{"text": "a", "id": {{id}} }""", "tokenize", "--model", _model);
        Assert.StartsWith($$"""{"id":{{id}},"input_ids":[2,5,3]""", run.Output);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_one_unit_of_text()
    {
        JsonElement row = Assert.Single((await ToolRun.Of("""{"text": "\ud83d a\n\"b"}""", "tokenize", "--model", _model)).Lines);
        Assert.Equal("[[0,0],[2,3],[4,5],[5,6],[0,0]]", row.GetProperty("offsets").GetRawText());
    }

    [Fact]
    public async Task Stride_gives_the_windows_of_a_text_that_is_cut()
    {
        JsonElement row = Assert.Single((await ToolRun.Of("""{"text": "a b c d"}""", "tokenize", "--model", _model, "--max-length", "4", "--stride", "1")).Lines);
        Assert.Equal("[2,5,6,3]", row.GetProperty("input_ids").GetRawText());
        Assert.Equal(["[2,6,7,3]", "[2,7,8,3]"],
            row.GetProperty("overflowing").EnumerateArray().Select(window => window.GetProperty("input_ids").GetRawText()));
    }

    [Theory]
    [InlineData("longest_first", "[2,5,6,3,9,10,3]")]
    [InlineData("only_first", "[2,5,3,9,10,11,3]")]
    [InlineData("only_second", "[2,5,6,7,3,9,3]")]
    [InlineData("none", "[2,5,6,7,3,9,10,11,3]")]
    public async Task Truncation_takes_from_the_text_that_it_names(string truncation, string ids)
    {
        ToolRun run = await ToolRun.Of("""{"text": "a b c", "pair": "e f g"}""", "tokenize", "--model", _model, "--max-length", "7", "--truncation", truncation);
        Assert.Equal(ids, Assert.Single(run.Lines).GetProperty("input_ids").GetRawText());
    }

    [Theory]
    [InlineData("right", "[2,5,3,0,0]", "[1,1,1,0,0]")]
    [InlineData("left", "[0,0,2,5,3]", "[0,0,1,1,1]")]
    public async Task Padding_fills_the_side_that_it_names(string side, string ids, string mask)
    {
        JsonElement row = Assert.Single((await ToolRun.Of("""{"text": "a"}""", "tokenize", "--model", _model, "--max-length", "5", "--padding", "max", "--padding-side", side)).Lines);
        Assert.Equal(ids, row.GetProperty("input_ids").GetRawText());
        Assert.Equal(mask, row.GetProperty("attention_mask").GetRawText());
    }

    [Fact]
    public async Task Truncation_without_a_length_cuts_at_the_limit_of_the_checkpoint()
    {
        ToolRun run = await ToolRun.Of($$"""{"text": "{{string.Join(' ', Enumerable.Repeat("a", 100))}}"}""", "tokenize", "--model", _model, "--truncation", "longest_first");
        Assert.Equal(64, Assert.Single(run.Lines).GetProperty("input_ids").GetArrayLength());
    }
}
