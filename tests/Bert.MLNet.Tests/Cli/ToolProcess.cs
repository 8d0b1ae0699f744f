using System.Diagnostics;

namespace Bert.MLNet.Tests.Cli;

/// <summary>The tool as a process of its own, which can be sent signals.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output, _error;

    public ToolProcess(params string[] args)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Cli.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Waits for something that the process does.</summary>
    public async Task WaitForAsync(Func<bool> happens)
    {
        while (!happens())
        {
            Assert.False(_process.HasExited, _process.HasExited ? "The process ended before: " + await _error : "");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by its name, such as INT for Ctrl-C.</summary>
    public async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<ToolRun> EndAsync()
    {
        await _process.WaitForExitAsync();
        return new ToolRun(_process.ExitCode, await _output, (await _error).Trim());
    }

    public void Dispose() => _process.Dispose();
}
