using System.Diagnostics;
using System.Text;

namespace Bert.MLNet.Tests;

/// <summary>How a process ended, and what it wrote.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    /// <summary>What it wrote to standard output; the test fails where the exit code is another than 0.</summary>
    public string Successful
    {
        get
        {
            Assert.True(ExitCode == 0, $"The exit code is {ExitCode}.\n{Output}\n{Error}");
            return Output;
        }
    }
}

/// <summary>
/// A process that a test starts, and with it whatever that starts. One that does not end in time is killed, and the test fails with what it
/// had written; so is one that is still there at the end of the test.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();
    private readonly Task _reading;

    public ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _error));
    }

    /// <summary>Another process of the tests' own assembly, which runs one of their methods that are marked as explicit.</summary>
    public static ProcessStartInfo Method(Type type, string method) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Tests.dll"), "-explicit", "only", "-method",
            $"{type.FullName}.{method}"]);

    /// <summary>A command of the SDK, without the servers that a build leaves behind.</summary>
    public static ProcessStartInfo Sdk(string folder, params IEnumerable<string> arguments) => new("dotnet", arguments)
    {
        WorkingDirectory = folder,
        Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" },
    };

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has written up to now.</summary>
    public string Written => $"{Read(_output)}\n{Read(_error)}";

    /// <summary>Runs a process to its end.</summary>
    public static async Task<Ended> RunAsync(ProcessStartInfo start)
    {
        using var process = new ChildProcess(start);
        return await process.EndAsync();
    }

    /// <summary>Runs a process to its end, on the calling thread.</summary>
    public static Ended Run(ProcessStartInfo start) => Task.Run(() => RunAsync(start)).GetAwaiter().GetResult();

    /// <summary>Waits for the end.</summary>
    public async Task<Ended> EndAsync()
    {
        using CancellationTokenSource end = Patience.End();
        try
        {
            await _process.WaitForExitAsync(end.Token);
            await _reading.WaitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            string command = string.Join(' ', [_process.StartInfo.FileName, .. _process.StartInfo.ArgumentList]);
            throw new TimeoutException($"'{command}' has not ended in {Patience.Limit.TotalMinutes} minutes. It wrote:\n{Written}");
        }
        return new Ended(_process.ExitCode, Read(_output), Read(_error));
    }

    /// <summary>Waits for something that the process does, and returns whether it has done it; otherwise, it has ended without.</summary>
    public async Task<bool> ReachesAsync(Func<bool> happened)
    {
        bool has = false;
        await Patience.UntilAsync(() =>
        {
            bool isOver = HasExited; // asked first: what happens just before the end has happened
            has = happened();
            return has || isOver;
        });
        return has;
    }

    /// <summary>Waits for something that the process does before its end.</summary>
    public async Task UntilAsync(Func<bool> happened) =>
        Assert.True(await ReachesAsync(happened), "The process ended before: " + Written);

    /// <summary>Kills it, and it alone: at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (text)
                text.Append(buffer, 0, count);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
