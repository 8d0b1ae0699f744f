using Bert.MLNet.Hub;
using Microsoft.AspNetCore.Http;

namespace Bert.MLNet.Tests.Hub;

/// <summary>A hub with one small model, an empty cache, and a clock that does not wait.</summary>
internal sealed class HubWorld : IAsyncDisposable
{
    public const string Model = "tiny/bert", Weights = "model.safetensors";

    private readonly TemporaryFolder _folder = new();

    private HubWorld(HubServer server, ServedModel served)
    {
        Server = server;
        Served = served;
        server.Models[Model] = served;
        Settings = new HubSettings { Endpoint = server.Endpoint, CacheFolder = Cache, Time = Time, Silence = TestTime.Silence };
    }

    public HubServer Server { get; }

    public ServedModel Served { get; }

    public TestTime Time { get; } = new();

    public HubSettings Settings { get; set; }

    public string Cache => _folder["hub"];

    public string Repository => Path.Combine(Cache, "models--tiny--bert");

    public string Snapshot => Path.Combine(Repository, "snapshots", Served.Commit);

    /// <summary>The files that lie in the cache, by their paths below it; locks and listings are left out.</summary>
    public IEnumerable<string> Cached =>
        !Directory.Exists(Repository) ? [] : Directory.EnumerateFiles(Repository, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("trees/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public static async Task<HubWorld> StartAsync(ServedModel? served = null)
    {
        served ??= new ServedModel();
        if (served.Files.Count == 0)
        {
            using var folder = new TemporaryFolder();
            served.AddFolder(new TinyCheckpoint().Write(folder.Path));
        }
        return new HubWorld(await HubServer.StartAsync(), served);
    }

    public Task<string> DownloadAsync(string revision = "main", string model = Model) =>
        BertHub.DownloadAsync(model, revision, Settings, TestContext.Current.CancellationToken);

    /// <summary>What a snapshot has is what the hub has.</summary>
    public void AssertSnapshot(params IEnumerable<string> paths)
    {
        foreach (string path in paths)
            Assert.Equal(Served.Files[path], File.ReadAllBytes(Path.Combine(Snapshot, path)));
    }

    /// <summary>Waits until so many bytes of the file have arrived on the disk.</summary>
    public async Task ArrivedAsync(string path, long bytes)
    {
        var incomplete = new FileInfo(Path.Combine(Repository, "blobs", Served.Etag(path) + ".incomplete"));
        await Patience.UntilAsync(() =>
        {
            incomplete.Refresh();
            return incomplete.Exists && incomplete.Length >= bytes;
        });
    }

    /// <summary>So many more bytes, and when all of them have arrived an end of the connection.</summary>
    public Func<HttpContext, byte[], Task> CutAfter(string path, int bytes, long inAll) => HubServer.Then(bytes, async context =>
    {
        await ArrivedAsync(path, inAll);
        context.Abort();
    });

    /// <summary>So many bytes, and then nothing until the one who asked gives up.</summary>
    public Func<HttpContext, byte[], Task> SilentAfter(int bytes) => HubServer.Then(bytes, async context =>
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            Time.BreakSilence();
            await Task.WhenAny(Task.Delay(Timeout.Infinite, context.RequestAborted), Task.Delay(300));
        }
    });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
