using System.Text.Json;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary>Files that are answered in several runs: after kills, and in shards. Each ends with the bytes of one run.</summary>
public sealed class BulkTests : IDisposable
{
    private const int Lines = 9_000;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _input;

    public BulkTests()
    {
        _model = new TinyCheckpoint { HiddenSize = 8, Layers = 1, Heads = 1, IntermediateSize = 8 }.Write(_folder["model"]);
        _input = _folder["in.jsonl"];
        WriteInput(Lines);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Vectors_of_a_run_that_was_killed_several_times_are_those_of_one_that_was_not()
    {
        await KillAsync("embed", _model);
    }

    [Fact]
    public async Task Predictions_of_a_run_that_was_killed_several_times_are_those_of_one_that_was_not()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(60, seed: 3)
                .Select(row => new { Sentence1 = row.Text, Sentence2 = "", Label = row.Label == 0 ? "bad" : "good", Similarity = 0f }));
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.Text.ApplyBertEmbedding("Features", "Sentence1", BertModel.FromPretrained(_model)))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ml.Model.Save(pipeline.Fit(data), data.Schema, _folder["model.zip"]);
        await KillAsync("predict", _folder["model.zip"]);
    }

    [Fact]
    public async Task Shards_in_their_order_are_the_whole()
    {
        Assert.Equal(0, (await ToolRun.Of("", "embed", "--model", _model, "--dataset", _input, "--output", _folder["whole.jsonl"]))
            .ExitCode);
        foreach (string shard in (string[])["2/3", "3/3", "1/3"])
            Assert.Equal(0, (await ToolRun.Of(
                "", "embed", "--model", _model, "--dataset", _input, "--output", _folder["part.jsonl"], "--shard", shard)).ExitCode);
        string[] parts = [.. Directory.EnumerateFiles(_folder.Path, "part*.jsonl").Order(StringComparer.Ordinal)];
        Assert.Equal(["part-00001-of-00003.jsonl", "part-00002-of-00003.jsonl", "part-00003-of-00003.jsonl"],
            parts.Select(Path.GetFileName));
        Assert.All(parts, part => Assert.NotEqual(0, new FileInfo(part).Length));
        Assert.Equal(await File.ReadAllBytesAsync(_folder["whole.jsonl"], Token), parts.SelectMany(File.ReadAllBytes));
    }

    [Fact]
    public async Task What_another_run_left_is_not_taken_for_ones_own()
    {
        await File.WriteAllTextAsync(
            _folder["bad.jsonl"], string.Concat(Enumerable.Repeat("{\"text\": \"a\"}\n", 3000)) + "no JSON\n", Token);
        string[] run = ["embed", "--model", _model, "--dataset", _folder["bad.jsonl"], "--output", _folder["out.jsonl"], "--resume"];
        Assert.Equal(1, (await ToolRun.Of("", run)).ExitCode);
        Assert.Equal(["out.jsonl.partial", "out.jsonl.partial.json"],
            Directory.EnumerateFiles(_folder.Path, "out*").Select(Path.GetFileName).Order(StringComparer.Ordinal));

        ToolRun other = await ToolRun.Of("", [.. run, "--pooling", "Cls"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("comes from a run with other options", other.Error, StringComparison.Ordinal);
        ToolRun same = await ToolRun.Of("", run);
        Assert.Contains("Continuing after 2048 completed lines", same.Error, StringComparison.Ordinal);
        Assert.EndsWith("is not valid JSON from byte 2 on. Write one object per line, such as {\"id\": 1, \"text\": \"…\"}.", same.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_put_in_its_place_before_a_kill_is_not_made_again()
    {
        await File.WriteAllTextAsync(_folder["bad.jsonl"], "no JSON\n", Token);
        string[] run = ["tokenize", "--model", _model, "--dataset", _folder["bad.jsonl"], "--output", _folder["out.jsonl"], "--resume"];
        Assert.Equal(1, (await ToolRun.Of("", run)).ExitCode);
        File.Move(_folder["out.jsonl.partial"], _folder["out.jsonl"]); // what a run does last but one
        ToolRun again = await ToolRun.Of("", run);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("is already complete", again.Error, StringComparison.Ordinal);
        Assert.Equal(["out.jsonl"], Directory.EnumerateFiles(_folder.Path, "out*").Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("--resume", "--resume needs files")]
    [InlineData("--shard 1/2", "--shard needs a file")]
    [InlineData("--shard 3/2", "--shard must be i/n")]
    [InlineData("--shard 0/2", "--shard must be i/n")]
    public async Task What_a_pipe_cannot_do_is_refused(string options, string message)
    {
        ToolRun run = await ToolRun.Of("{}", ["embed", "--model", _model, .. options.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_answers_on_standard_output_ends_well()
    {
        using var process = new ToolProcess("embed", "--model", _model, "--text", "a b");
        ToolRun run = await process.EndAsync();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal((await ToolRun.Of("", "embed", "--model", _model, "--text", "a b")).Output, run.Output);
    }

    [Fact]
    public async Task Ctrl_C_leaves_no_file_and_exits_with_130()
    {
        Signals.SkipWhereIgnored();
        await UntilInTimeAsync(async () =>
        {
            using var process = new ToolProcess("embed", "--model", _model, "--dataset", _input, "--output", _folder["out.jsonl"]);
            if (!await process.ReachesAsync(() => Length("out.jsonl.partial") > 0))
                return false;
            await process.SignalAsync("INT");
            ToolRun run = await process.EndAsync();
            if (run.ExitCode == 0)
                return false;
            Assert.Equal((130, "Canceled."), (run.ExitCode, run.Error.Split('\n')[^1]));
            Assert.Empty(Directory.EnumerateFiles(_folder.Path, "out*"));
            return true;
        });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Tries again with more rows if a run was complete before it could be stopped.</summary>
    private async Task UntilInTimeAsync(Func<Task<bool>> act)
    {
        for (int lines = Lines; !await act(); WriteInput(lines))
        {
            Assert.True(File.Exists(_folder["out.jsonl"]), "The run has neither written its file nor a part of it.");
            lines *= 4;
            foreach (string left in Directory.GetFiles(_folder.Path, "*.jsonl*"))
                File.Delete(left);
        }
    }

    private void WriteInput(int lines) => File.WriteAllLines(
        _input, ToyLanguage.Texts(lines, seed: 5).Select((row, i) => JsonSerializer.Serialize(new { id = i, text = row.Text })));

    private Task KillAsync(string verb, string model) => UntilInTimeAsync(() => IsKilledAsync(verb, model));

    private async Task<bool> IsKilledAsync(string verb, string model)
    {
        Assert.Equal(0, (await ToolRun.Of("", verb, "--model", model, "--dataset", _input, "--output", _folder["whole.jsonl"])).ExitCode);
        string[] run = [verb, "--model", model, "--dataset", _input, "--output", _folder["out.jsonl"], "--resume"];
        long size = Length("whole.jsonl");
        for (int kill = 1; kill <= 3; kill++)
        {
            using var process = new ToolProcess(run);
            await process.ReachesAsync(() => Length("out.jsonl.partial") > size * kill / 8); // long before its end, as a rule
            await process.KillAsync();
            if (File.Exists(_folder["out.jsonl"]))
                return false;
        }
        using var last = new ToolProcess(run);
        ToolRun end = await last.EndAsync();
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("Continuing after", end.Error, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["whole.jsonl"], Token),
            await File.ReadAllBytesAsync(_folder["out.jsonl"], Token));
        Assert.Equal(["out.jsonl"], Directory.EnumerateFiles(_folder.Path, "out*").Select(Path.GetFileName));
        return true;
    }

    // One look at the file: it may be renamed at any time.
    private long Length(string file) => new FileInfo(_folder[file]) is { Exists: true } info ? info.Length : 0;
}
