using System.Text.Json;

namespace Bert.MLNet.Tests.Cli;

public sealed class SummarizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_get_their_summary_and_its_sentences()
    {
        const string Text = "The film is good. It is bad. The phone was great. I love it.";
        string path = new TinyCheckpoint().Write(_folder["tiny"]);
        ToolRun run = await ToolRun.Of(
            $$"""
            {"id": 1, "text": "{{Text}}"}
            {"id": 2, "text": ""}
            """,
            "summarize", "--model", path, "--method", "extractive", "--share", "0.5", "--diversity", "0.1");
        Assert.Equal(0, run.ExitCode);
        JsonElement[] sentences = [.. run.Lines[0].GetProperty("sentences").EnumerateArray()];
        Assert.Equal(2, sentences.Length);
        Assert.Equal(run.Lines[0].GetProperty("summary").GetString(), string.Join(' ', sentences.Select(sentence =>
            Text[sentence.GetProperty("start").GetInt32()..sentence.GetProperty("end").GetInt32()])));
        Assert.Contains(sentences, sentence => sentence.GetProperty("score").GetDouble() == 1);
        Assert.True(sentences[0].GetProperty("index").GetInt32() < sentences[1].GetProperty("index").GetInt32());
        Assert.Equal(("", 0), (run.Lines[1].GetProperty("summary").GetString(), run.Lines[1].GetProperty("sentences").GetArrayLength()));
    }

    [Fact]
    public async Task Two_lengths_are_refused()
    {
        ToolRun run = await ToolRun.Of("{}", "summarize", "--model", "embedded", "--share", "0.5", "--sentences", "2");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("only one of --sentences, --share and --max-tokens", run.Error, StringComparison.Ordinal);
        Assert.Contains("--share must be greater than 0 and at most 1",
            (await ToolRun.Of("{}", "summarize", "--model", "embedded", "--share", "2")).Error, StringComparison.Ordinal);
    }
}
