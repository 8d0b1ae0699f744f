namespace Bert.MLNet.Tests.Cli.Files;

/// <summary>No verb overwrites what it reads, by whatever path.</summary>
public sealed class OverwritingTests : IDisposable
{
    private const string Line = "{\"text\": \"good\", \"pair\": \"bad\"}\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public OverwritingTests()
    {
        _model = new TinyCheckpoint().Write(_folder["model"]);
        File.WriteAllText(_folder["in.jsonl"], Line);
        File.WriteAllText(_folder["vectors.jsonl.partial"], Line);
        Directory.CreateDirectory(_folder["sub"]);
        File.CreateSymbolicLink(_folder["link.jsonl"], _folder["in.jsonl"]);
        Directory.CreateSymbolicLink(_folder["other"], _folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("in.jsonl", "in.jsonl")]
    [InlineData("in.jsonl", "sub/../in.jsonl")]
    [InlineData("in.jsonl", "link.jsonl")]
    [InlineData("link.jsonl", "in.jsonl")]
    [InlineData("in.jsonl", "other/in.jsonl")]
    [InlineData("other/link.jsonl", "in.jsonl")]
    [InlineData("vectors.jsonl.partial", "vectors.jsonl")]
    public async Task An_output_that_is_the_data_set_is_refused(string dataset, string output)
    {
        foreach (string verb in (string[])["embed", "embed --resume", "tokenize", "encode", "similarity", "search x", "train-vocabulary"])
        {
            ToolRun run = await ToolRun.Of(
                "", [.. verb.Split(' '), .. verb == "train-vocabulary" ? Array.Empty<string>() : ["--model", _model], "--dataset",
                    _folder[dataset], "--output", _folder[output]]);
            Assert.Equal((2, $"The output '{_folder[output]}' would overwrite the input '{_folder[dataset]}'. Choose another output."),
                (run.ExitCode, run.Error));
            Assert.Equal(Line, await File.ReadAllTextAsync(_folder[dataset], TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_checkpoint_is_not_overwritten_by_what_is_made_from_it()
    {
        byte[] weights = await File.ReadAllBytesAsync(Path.Combine(_model, "model.safetensors"), TestContext.Current.CancellationToken);
        foreach (string[] command in (
            string[][])[["quantize", "--output", _model + "/"],
            ["pretrain", "--dataset", _folder["in.jsonl"], "--output", _folder["other"], "--name", "model"]])
        {
            ToolRun run = await ToolRun.Of("", [.. command, "--model", _model]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("would overwrite", run.Error, StringComparison.Ordinal);
        }
        Assert.Equal(weights, await File.ReadAllBytesAsync(
            Path.Combine(_model, "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_beside_the_data_set_is_written()
    {
        ToolRun run = await ToolRun.Of(
            "", "tokenize", "--model", _model, "--dataset", _folder["in.jsonl"], "--output", _folder["other", "in.jsonl.new"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }
}
