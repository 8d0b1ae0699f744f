using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Tests.Cli;
using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Deployment;

/// <summary>The scripts for Slurm, run by bash as tasks of an array, without Slurm.</summary>
public sealed class SlurmScriptTests : IDisposable
{
    private const int Tasks = 2;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _input;

    public SlurmScriptTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "The scripts need bash on Linux.");
        _model = new TinyCheckpoint().Write(_folder["model"]);
        _input = _folder["in.jsonl"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tasks_compute_their_parts_and_a_task_that_is_terminated_asks_to_be_started_again()
    {
        // A part that was complete before the signal arrived is tried again with more rows.
        int rows = 9_000;
        while (!await IsTerminatedAsync(rows))
            rows *= 4;
        Assert.Equal("requeue 77\n", await File.ReadAllTextAsync(_folder["requests"], TestContext.Current.CancellationToken));

        for (int task = 0; task < Tasks; task++)
            await SucceedsAsync(ArrayTask(task));
        await SucceedsAsync(Script("merge.sbatch"));
        Assert.Equal(0, (await ToolRun.Of(
            "", "embed", "--model", _model, "--dataset", _input, "--output", _folder["whole.jsonl"], "--quiet")).ExitCode);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["whole.jsonl"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["out.jsonl"], TestContext.Current.CancellationToken));
    }

    /// <summary>Terminates a task that has written some of its rows, unless it has ended.</summary>
    private async Task<bool> IsTerminatedAsync(int rows)
    {
        File.WriteAllLines(
            _input, ToyLanguage.Texts(rows, seed: 5).Select((row, i) => JsonSerializer.Serialize(new { id = i, text = row.Text })));
        foreach (string left in Directory.GetFiles(_folder.Path, "out*"))
            File.Delete(left);
        using var task = new ChildProcess(ArrayTask(0));
        string partial = _folder["out-00001-of-00002.jsonl.partial"];
        if (await task.ReachesAsync(() => new FileInfo(partial) is { Exists: true, Length: > 0 }))
            await ChildProcess.RunAsync(new("kill", ["-TERM", task.Id.ToString(CultureInfo.InvariantCulture)]));
        Ended ended = await task.EndAsync();
        Assert.True(ended.ExitCode is 0 or 130, ended.Error);
        return ended.ExitCode == 130;
    }

    private static async Task SucceedsAsync(ProcessStartInfo start)
    {
        Ended ended = await ChildProcess.RunAsync(start);
        Assert.True(ended.ExitCode == 0, ended.Error);
    }

    private ProcessStartInfo ArrayTask(int number)
    {
        ProcessStartInfo start = Script("embed.sbatch");
        start.Environment["SLURM_JOB_ID"] = "77";
        start.Environment["SLURM_CPUS_PER_TASK"] = "1";
        foreach ((string name, int value) in (
            IEnumerable<(string, int)>)[("ID", number), ("COUNT", Tasks), ("MIN", 0), ("MAX", Tasks - 1), ("STEP", 1)])
            start.Environment["SLURM_ARRAY_TASK_" + name] = value.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    /// <summary>A script with a command <c>scontrol</c> that keeps what it is asked for.</summary>
    private ProcessStartInfo Script(string name)
    {
        string scontrol = _folder["bin", "scontrol"];
        Directory.CreateDirectory(_folder["bin"]);
        File.WriteAllText(scontrol, $"#!/bin/bash\necho \"$@\" >> '{_folder["requests"]}'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(scontrol, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(Shared.Repository, "deploy", "slurm", name)]);
        start.Environment["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["BERT_MLNET"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Cli.dll")}";
        (start.Environment["MODEL"], start.Environment["DATASET"], start.Environment["OUTPUT"]) = (_model, _input, _folder["out.jsonl"]);
        return start;
    }
}
