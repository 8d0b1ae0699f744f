using System.Diagnostics;
using Bert.MLNet.Tests.Hub;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>download</c>, as a process of its own, from a server that plays the hub.</summary>
public sealed class DownloadTests
{
    [Fact]
    public async Task The_folder_of_the_snapshot_is_printed_and_progress_goes_to_standard_error()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        ToolRun run = await RunAsync(world, "download", HubWorld.Model);
        Assert.Equal((0, world.Snapshot), (run.ExitCode, run.Output.Trim()));
        world.AssertSnapshot(world.Served.Files.Keys);
        Assert.Contains("model.safetensors: 100 % of ", run.Error, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync(world, "download", HubWorld.Model, "--offline", "--quiet")).Error);
    }

    [Fact]
    public async Task A_name_that_the_hub_does_not_know_is_a_failure_of_one_line()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        ToolRun run = await RunAsync(world, "download", "no/such");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("no/such", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", run.Error, StringComparison.Ordinal);
    }

    private static async Task<ToolRun> RunAsync(HubWorld world, params string[] args)
    {
        ProcessStartInfo start = ToolProcess.Start(args);
        foreach ((string name, string? value) in new[] { ("HF_ENDPOINT", world.Server.Endpoint), ("HF_HUB_CACHE", world.Cache),
            ("HF_HUB_OFFLINE", null), ("HF_TOKEN", "") })
            start.Environment[name] = value;
        return ToolRun.Of(await ChildProcess.RunAsync(start));
    }
}
