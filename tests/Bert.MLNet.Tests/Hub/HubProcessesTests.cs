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
        string[] folders = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.DownloadAsync(), TestContext.Current.CancellationToken)));
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
            await Patience.UntilAsync(
                () => world.Server.Requests.Count(request => request.Path.StartsWith("/api/", StringComparison.Ordinal)) >= 2);
            await HubServer.SendAsync(context, content);
        });
        using ChildProcess first = Start(world), second = Start(world);
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
        using (ChildProcess killed = Start(world))
        {
            await killed.UntilAsync(() => arrived.Task.IsCompleted);
            await killed.KillAsync();
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
            await Patience.UntilAsync(() => world.Server.FilesServed.Contains("vocab.txt"));
            Assert.DoesNotContain(Weights, world.Server.FilesServed);
            Assert.False(download.IsCompleted);
        }
        await download;
        world.AssertSnapshot(Weights);
    }

    /// <summary>What the other processes do: the whole way, by the environment alone.</summary>
    [Fact(Explicit = true)]
    public void Download_in_a_process_of_its_own() => Assert.Equal(HubWorld.Model, BertModel.FromPretrained(HubWorld.Model).Name);

    private static ChildProcess Start(HubWorld world)
    {
        ProcessStartInfo start = ChildProcess.Method(typeof(HubProcessesTests), nameof(Download_in_a_process_of_its_own));
        foreach ((string name, string value) in (
            ReadOnlySpan<(string, string)>)[("HF_ENDPOINT", world.Server.Endpoint), ("HF_HUB_CACHE", world.Cache), ("HF_HUB_OFFLINE", "0"),
            ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")])
            start.Environment[name] = value;
        return new ChildProcess(start);
    }

    private static async Task AssertSucceedsAsync(ChildProcess process) => _ = (await process.EndAsync()).Successful;
}
