using System.Diagnostics;
using System.Globalization;

namespace Bert.MLNet.Tests.Cli;

/// <summary>The tool as a process of its own, which can be sent signals.</summary>
internal sealed class ToolProcess(params string[] args) : IDisposable
{
    private readonly ChildProcess _process = new(Start(args));

    /// <summary>How the tool that lies beside the tests is started.</summary>
    public static ProcessStartInfo Start(params IEnumerable<string> args) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Cli.dll"), .. args]);

    /// <summary>Waits for something that the process does.</summary>
    public Task WaitForAsync(Func<bool> happens) => _process.UntilAsync(happens);

    /// <inheritdoc cref="ChildProcess.ReachesAsync"/>
    public Task<bool> ReachesAsync(Func<bool> happens) => _process.ReachesAsync(happens);

    /// <summary>What it has written up to now.</summary>
    public string Written => _process.Written;

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Sends a signal by its name, such as INT for Ctrl-C.</summary>
    public async Task SignalAsync(string name) =>
        Assert.Equal(0, (await ChildProcess.RunAsync(
            new ProcessStartInfo("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]))).ExitCode);

    public async Task<ToolRun> EndAsync() => ToolRun.Of(await _process.EndAsync());

    public void Dispose() => _process.Dispose();
}
