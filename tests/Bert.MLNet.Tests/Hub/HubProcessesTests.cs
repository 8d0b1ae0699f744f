using System.Diagnostics;
using Bert.MLNet.Hub;

namespace Bert.MLNet.Tests.Hub;

/// <summary>Several who want the same model at once share one download, and one that is killed leaves nothing behind that harms.</summary>
public class HubProcessesTests
{
    private const string Weights = HubWorld.Weights;

    [Fact]
    public async Task Tasks_at_once_download_a_model_once()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.DownloadAsync(), TestContext.Current.CancellationToken)));
        Assert.All(folders, folder => Assert.Equal(world.Snapshot, folder));
        world.AssertSnapshot(world.Served.Files.Keys);
        Assert.Equal(world.Served.Files.Keys, world.Server.FilesServed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Processes_at_once_download_a_model_once()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        // The first file ends when both processes have begun.
        world.Server.Fail("config.json", async (context, content) =>
        {
            while (world.Server.Requests.Count(request => request.Path.StartsWith("/api/", StringComparison.Ordinal)) < 2)
                await Task.Delay(5);
            await HubServer.SendAsync(context, content);
        });
        using Process first = Start(world), second = Start(world);
        await Task.WhenAll(AssertSucceedsAsync(first), AssertSucceedsAsync(second));
        world.AssertSnapshot(world.Served.Files.Keys);
        Assert.Equal(world.Served.Files.Keys, world.Server.FilesServed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_download_whose_process_was_killed_goes_on_where_it_was()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        var arrived = new TaskCompletionSource();
        world.Server.Fail(Weights, HubServer.Then(60_000, async context =>
        {
            await world.ArrivedAsync(Weights, 60_000);
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        using (Process killed = Start(world))
        {
            Task<string> output = killed.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.True(await Task.WhenAny(arrived.Task, output) == arrived.Task, output.IsCompleted ? await output : "");
            killed.Kill(entireProcessTree: true);
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal("bytes=60000-", world.Server.Requests.Last(request => request.Host == "storage").Range);
    }

    [Fact]
    public async Task A_lock_is_waited_for()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        string file = Path.Combine(world.Cache, ".locks", "models--tiny--bert", world.Served.Etag(Weights) + ".lock");
        Task<string> download;
        using (await HubLock.TakeAsync(file, TestContext.Current.CancellationToken))
        {
            download = world.DownloadAsync();
            while (!world.Server.FilesServed.Contains("vocab.txt"))
                await Task.Delay(5, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Weights, world.Server.FilesServed);
            Assert.False(download.IsCompleted);
        }
        await download;
        world.AssertSnapshot(Weights);
    }

    /// <summary>What the other processes do: the whole way, by the environment alone.</summary>
    [Fact(Explicit = true)]
    public void Download_in_a_process_of_its_own() => Assert.Equal(HubWorld.Model, BertModel.FromPretrained(HubWorld.Model).Name);

    private static Process Start(HubWorld world)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Bert.MLNet.Tests.dll"), "-explicit", "only", "-method", $"{typeof(HubProcessesTests).FullName}.{nameof(Download_in_a_process_of_its_own)}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["HF_ENDPOINT"] = world.Server.Endpoint, ["HF_HUB_CACHE"] = world.Cache, ["HF_HUB_OFFLINE"] = "0", ["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1" },
        };
        return Process.Start(start)!;
    }

    private static async Task AssertSucceedsAsync(Process process)
    {
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }
}
