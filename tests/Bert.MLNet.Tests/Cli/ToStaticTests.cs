using Bert.MLNet.Cli;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tests.Cli.CodeGeneration;

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

    [Fact]
    public async Task The_included_table_has_a_name_and_takes_the_place_of_the_included_network_with_fast()
    {
        using var table = BertEmbeddingTransformer.Create(
            BertModel.FromPretrained(Path.Combine(Shared.Repository, "data", "models", "static-mini-en")));
        ToolRun embed = await ToolRun.Of("{\"text\": \"good film\"}\n", "embed", "--model", "embedded-static");
        Assert.Equal(
            table.Embed(["good film"], cancellationToken: TestContext.Current.CancellationToken)[0].Vector.ToArray(),
            embed.Lines[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()));
        Assert.Same(BertModel.DefaultStatic, await Checkpoint.OpenFastAsync("embedded", TestContext.Current.CancellationToken));
        ToolRun refused = await ToolRun.Of("", "fill-mask", "--model", "embedded-static");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("'static-mini-en' is a table of static embeddings without a network", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embedded", null, "BertModel.Default")]
    [InlineData("embedded", 256, "BertModel.DefaultStatic")]
    [InlineData("embedded-static", null, "BertModel.DefaultStatic")]
    [InlineData("a/b", 256, "BertModel.FromPretrained(\"a/b\").ToStatic(new() { Dimension = 256 })")]
    public void Generated_code_opens_the_same_table(string model, int? dimension, string code)
    {
        TrainingSettings settings = GeneratedProject.Settings(new TableSource("x.tsv", SourceForm.Separated));
        Assert.Equal(code, (settings with { Model = model, StaticDimension = dimension }).OpenModel);
    }

    public void Dispose() => _folder.Dispose();
}
