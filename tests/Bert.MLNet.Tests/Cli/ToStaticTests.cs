namespace Bert.MLNet.Tests.Cli;

public sealed class ToStaticTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_checkpoint_becomes_a_table_that_embeds_without_its_network()
    {
        new TinyCheckpoint().Write(_folder["model"]);
        ToolRun run = await ToolRun.Of("", "to-static", "--model", _folder["model"], "--output", _folder["table"], "--dimension", "8");
        Assert.Equal(0, run.ExitCode);
        ToolRun embed = await ToolRun.Of("{\"text\": \"good film\"}\n", "embed", "--model", _folder["table"]);
        Assert.Equal(8, embed.Lines[0].GetProperty("embedding").GetArrayLength());
        ToolRun info = await ToolRun.Of("", "info", _folder["table"]);
        Assert.Contains($"static_embeddings: {TinyCheckpoint.Vocabulary.Count} vectors of 8, F16", info.Output, StringComparison.Ordinal);
        ToolRun refused = await ToolRun.Of("", "to-static", "--model", _folder["table"], "--output", _folder["again"]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("table of static embeddings", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
