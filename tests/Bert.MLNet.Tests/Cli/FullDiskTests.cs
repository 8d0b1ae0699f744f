using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Tests.Cli;

/// <summary>What cannot be written leaves nothing, unless it is to be gone on with.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _run;

    public FullDiskTests()
    {
        string model = new TinyCheckpoint { HiddenSize = 8, Layers = 1, Heads = 1, IntermediateSize = 8 }.Write(_folder["model"]);
        File.WriteAllText(_folder["in.jsonl"], "{\"text\": \"a\"}\n");
        File.WriteAllText(_folder["out.jsonl"], "from before");
        _run = ["tokenize", "--model", model, "--dataset", _folder["in.jsonl"], "--output", _folder["out.jsonl"]];
    }

    private IEnumerable<string?> Left =>
        Directory.EnumerateFiles(_folder.Path, "out*").Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_leaves_no_partial_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is there on Linux alone.");
        File.CreateSymbolicLink(_folder["out.jsonl.partial"], "/dev/full");
        ToolRun run = await ToolRun.Of("", _run);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No space left on device", run.Error, StringComparison.Ordinal);
        Assert.Equal(["out.jsonl"], Left);
        Assert.Equal("from before", File.ReadAllText(_folder["out.jsonl"]));
    }

    [Fact]
    public async Task With_resume_it_leaves_what_the_next_run_goes_on_from()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is there on Linux alone.");
        File.CreateSymbolicLink(_folder["out.jsonl.partial"], "/dev/full");
        Assert.Equal(1, (await ToolRun.Of("", [.. _run, "--resume"])).ExitCode);
        Assert.Equal(["out.jsonl", "out.jsonl.partial", "out.jsonl.partial.json"], Left);
        File.Delete(_folder["out.jsonl.partial"]); // there is room again
        File.WriteAllText(_folder["out.jsonl.partial"], "");
        Assert.Equal(0, (await ToolRun.Of("", [.. _run, "--resume"])).ExitCode);
        Assert.Equal(["out.jsonl"], Left);
        Assert.StartsWith("{\"input_ids\":", File.ReadAllText(_folder["out.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_cannot_be_taken_leaves_no_partial_file()
    {
        using (ResultFile file = ResultFile.Open(_folder["out.2"], run: null))
        {
            file.Stream.Write("{}\n"u8);
            Directory.CreateDirectory(_folder["out.2", "in the way"]);
            Assert.ThrowsAny<Exception>(() => file.Commit());
        }
        Assert.Equal(["out.jsonl"], Left);
    }

    [Fact]
    public void Results_that_cannot_be_flushed_leave_no_partial_file()
    {
        File.WriteAllText(_folder["out.partial"], "half");
        var file = new OutputFile(new FullStream(), _folder["out.jsonl"], _folder["out.partial"]);
        Assert.Throws<IOException>(file.Dispose);
        Assert.Equal(["out.jsonl"], Left);
    }

    private sealed class FullStream : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new IOException("No space left on device.");
        }
    }
}
