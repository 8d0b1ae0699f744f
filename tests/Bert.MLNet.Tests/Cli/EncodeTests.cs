using System.Text.Json;
using Bert.MLNet.Cli.Encode;
using Bert.MLNet.Files;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>encode</c> against HuggingFace's PyTorch classes and against plain loops.</summary>
public sealed class EncodeTests
{
    public static TheoryData<string, string[]> Checkpoints => new()
    {
        { "bert-tiny-random", ["last_hidden_state", "pooler_output"] },
        { "bert-seqclass-random", ["last_hidden_state", "pooler_output", "logits"] },
        { "bert-qa-random", ["last_hidden_state", "start_logits", "end_logits"] },
        { "bert-tokenclass-random", ["last_hidden_state", "logits"] },
        { "distilbert-random", ["last_hidden_state"] },
    };

    [Theory, MemberData(nameof(Checkpoints))]
    public async Task Rows_of_tokens_equal_the_reference(string checkpoint, string[] outputs)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        ToolRun run = await ToolRun.Of(
            string.Join('\n', reference.Cases.Select(
                row => JsonSerializer.Serialize(
                    new { id = row.Id, input_ids = row.InputIds, attention_mask = row.AttentionMask, token_type_ids = row.TokenTypeIds }))),
            "encode", "--model", folder);
        Assert.Equal("", run.Error);
        Assert.Equal(reference.Cases.Select(row => row.Id), run.Lines.Select(line => line.GetProperty("id").GetString()));
        foreach ((ReferenceModel.Case row, JsonElement line) in reference.Cases.Zip(run.Lines))
        {
            Assert.Superset(outputs.ToHashSet(), line.EnumerateObject().Select(field => field.Name).ToHashSet());
            reference.Equal(row.Outputs.GetProperty("last_hidden_state").GetProperty("first"),
                Floats(line.GetProperty("last_hidden_state")[0]), $"{row}: first token");
            foreach (string output in outputs.Skip(1).Where(output => row.Outputs.TryGetProperty(output, out _)))
            {
                JsonElement values = line.GetProperty(output);
                // Of long rows the reference keeps the logits of some tokens.
                float[] kept = row.Outputs.TryGetProperty("logit_rows", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Array
                    ? [.. tokens.EnumerateArray().SelectMany(token => Floats(values[token.GetInt32()]))]
                    : Floats(values);
                reference.Equal(row.Outputs.GetProperty(output), kept, $"{row}: {output}");
            }
        }
    }

    [Fact]
    public async Task A_text_gives_what_its_tokens_give()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Write(folder["model"]);
        ToolRun run = await ToolRun.Of("""
            {"id": "text", "text": "good a", "pair": "b"}
            {"id": "tokens", "input_ids": [2, 5, 6, 3]}
            """, "encode", "--model", model);
        BertModel bert = BertModel.FromPretrained(model);
        var plain = new PlainBert(bert);
        BertEncoding row = bert.Tokenizer.Encode("good a", "b");
        Near(plain.SequenceLogits([.. row.Ids], [.. row.TypeIds]), ToolRun.Numbers(run.Lines[0], "logits"));
        Near(plain.HiddenStates([2, 5, 6, 3], [0, 0, 0, 0])[^1].SelectMany(token => token),
            ToolRun.Numbers(run.Lines[1], "last_hidden_state"));
    }

    [Fact]
    public async Task The_logits_of_all_words_come_when_they_are_asked_for()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Write(folder["model"]);
        const string input = """{"input_ids": [2, 4, 6, 3]}""";
        Assert.False((await ToolRun.Of(input, "encode", "--model", model)).Lines[0].TryGetProperty("logits", out _));
        JsonElement line = Assert.Single((await ToolRun.Of(input, "encode", "--model", model, "--outputs", "logits")).Lines);
        Assert.Equal(["logits"], line.EnumerateObject().Select(field => field.Name));
        Near(new PlainBert(BertModel.FromPretrained(model)).MaskedWordScores([2, 4, 6, 3], [0, 0, 0, 0], [0, 1, 2, 3])
            .SelectMany(token => token), ToolRun.Numbers(line, "logits"));
    }

    [Fact]
    public async Task Thousands_of_lines_come_out_in_their_order()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint().Write(folder["model"]);
        string input = string.Join('\n', Enumerable.Range(0, 2500).Select(i => $$"""{"id": {{i}}, "input_ids": [{{string.Join(',', Enumerable.Repeat(5 + i % 20, 1 + i % 7))}}]}"""));
        ToolRun run = await ToolRun.Of(input, "encode", "--model", model, "--outputs", "pooler_output");
        JsonElement[] lines = run.Lines;
        Assert.Equal(Enumerable.Range(0, 2500), lines.Select(line => line.GetProperty("id").GetInt32()));
        // the same row, 17 rounds later
        Near(ToolRun.Numbers(lines[3], "pooler_output"), ToolRun.Numbers(lines[3 + 140 * 17], "pooler_output"));
        Assert.NotEqual(ToolRun.Numbers(lines[3], "pooler_output"), ToolRun.Numbers(lines[4], "pooler_output"));
    }

    [Theory]
    [InlineData("""{"input_ids": [2, 100000, 3]}""", "token id 100000")]
    [InlineData("""{"input_ids": []}""", "empty input_ids")]
    [InlineData("""{"input_ids": [2.5]}""", "not a list of integers")]
    [InlineData("""{"input_ids": [2, 3], "attention_mask": [1]}""", "1 values of attention_mask for 2 input_ids")]
    [InlineData("""{"input_ids": [2, 3], "attention_mask": [1, 7]}""", "values other than 0 and 1")]
    [InlineData("""{"input_ids": [2, 3], "token_type_ids": [0, 5]}""", "token type 5")]
    public async Task A_row_that_the_checkpoint_cannot_take_is_told_with_its_line(string line, string message)
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint().Write(folder["model"]);
        ToolRun run = await ToolRun.Of("{\"text\": \"a\"}\n\n" + line, "encode", "--model", model);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("Line 3 of standard input ", run.Error);
        Assert.Contains(message, run.Error);
    }

    [Theory]
    [InlineData(3, 128)]
    [InlineData(30_000, 9)] // rows of 64 × 30,000 logits fill 64 MiB
    public void A_window_is_bounded_as_that_of_a_cursor_by_rows_and_by_bytes(int labels, int expected)
    {
        string[] names = [.. Enumerable.Range(0, labels).Select(i => $"B-{i}")];
        BertModel model = new TinyCheckpoint { Architecture = "BertForTokenClassification", Labels = names }.Load();
        var line = new JsonLine(JsonSerializer.SerializeToUtf8Bytes(new { input_ids = Enumerable.Repeat(5, 64) }), 1, "a test");
        int read = 0;
        IEnumerable<GivenRow> rows = Enumerable.Range(0, 200).Select(_ =>
        {
            read++;
            return GivenRow.Create(line, model.Tokenizer, new BertEncodeOptions());
        });
        using var encoder = new RowEncoder(model, NamedOutput.Choose(model, ["logits"]));
        Assert.Equal(64 * labels, Assert.Single(encoder.Encode(rows, TestContext.Current.CancellationToken).First().Results).Length);
        Assert.Equal(expected, read);
    }

    private static float[] Floats(JsonElement values) => [.. ToolRun.Numbers(values).Select(value => (float)value)];

    private static void Near(IEnumerable<double> expected, IEnumerable<double> actual) =>
        Assert.All(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Append(Math.Abs(expected.Count() - actual.Count())),
            difference => Assert.True(difference < 2e-5, $"off by {difference}"));
}
