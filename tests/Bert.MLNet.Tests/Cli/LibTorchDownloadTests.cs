using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bert.MLNet.Tests.Hub;
using Bert.MLNet.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>download libtorch</c>, from a server that plays a NuGet feed with a small package.</summary>
public sealed class LibTorchDownloadTests : IDisposable
{
    private static readonly string s_native = $"runtimes/{TorchRuntime.Rid}/native/", s_torch = TorchRuntime.FileName("torch_cpu");

    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Path, string Range)> _requests = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_native_libraries_lie_in_a_folder_and_are_not_downloaded_twice()
    {
        byte[] package = Package((s_native + s_torch, "torch"), (s_native + "deep/x", "no"), ("runtimes/other-x64/native/y", "no"));
        await using WebApplication feed = await StartAsync(context => HubServer.SendAsync(context, package));
        for (int i = 0; i < 2; i++)
        {
            ToolRun run = await DownloadAsync(feed.Urls.First());
            Assert.Equal((0, _folder["torch"]), (run.ExitCode, run.Output.Trim()));
            Assert.Contains("Set the environment variable LIBTORCH to this folder.", run.Error, StringComparison.Ordinal);
        }
        Assert.Equal([_folder["torch", s_torch]], Directory.EnumerateFiles(_folder["torch"]));
        Assert.Equal("torch", await File.ReadAllTextAsync(_folder["torch", s_torch], TestContext.Current.CancellationToken));
        Assert.Equal([_folder["torch"]], Directory.EnumerateFileSystemEntries(_folder[""]));
        string name = $"libtorch-cpu-{TorchRuntime.Rid}", version = TorchRuntime.LibTorchVersion;
        Assert.Equal($"/{name}/{version}/{name}.{version}.nupkg", Assert.Single(_requests).Path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interrupted_download_goes_on_where_it_was_cut_off(bool reset)
    {
        byte[] package = Package((s_native + s_torch, "torch"));
        ToolRun cut = await DownloadAsync(await CutOffAsync(package, 100, reset));
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("run the command again; it continues.", cut.Error, StringComparison.Ordinal);
        long received = new FileInfo(_folder["torch.nupkg"]).Length;
        Assert.InRange(received, reset ? 0 : 100, 100);
        await using WebApplication feed = await StartAsync(context => HubServer.SendAsync(context, package));
        Assert.Equal(0, (await DownloadAsync(feed.Urls.First())).ExitCode);
        Assert.Equal("torch", await File.ReadAllTextAsync(_folder["torch", s_torch], TestContext.Current.CancellationToken));
        Assert.Equal(received == 0 ? "" : $"bytes={received}-", Assert.Single(_requests).Range);
    }

    [Fact]
    public async Task A_package_that_is_damaged_or_another_one_is_refused_and_leaves_nothing()
    {
        byte[] damaged = Package((s_native + s_torch, "content")), other = Package(("runtimes/other-x64/native/" + s_torch, "torch"));
        foreach ((byte[] package, string message) in new[]
        {
            (other, $"has no {s_torch} for {TorchRuntime.Rid}"), (damaged[..^30], "is not a complete archive"),
            (Changed(damaged), $"has a wrong checksum of '{s_torch}'"),
        })
        {
            await using WebApplication feed = await StartAsync(context => HubServer.SendAsync(context, package));
            ToolRun run = await DownloadAsync(feed.Urls.First());
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["torch"]) || File.Exists(_folder["torch.nupkg"]));
        }
    }

    [Fact]
    public async Task A_feed_without_the_package_is_named_with_what_to_do()
    {
        await using WebApplication feed = await StartAsync(context => HubServer.Status(404)(context, []));
        ToolRun run = await DownloadAsync(feed.Urls.First());
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "returned status 404. Check --nuget-source, or set the environment variable LIBTORCH", run.Error,
            StringComparison.Ordinal);
        ToolRun refused = await ToolRun.Of("", "download", "libtorch", "--nuget-source", "packages");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--nuget-source must be an address", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>A package in which one byte of a file's content was changed.</summary>
    private static byte[] Changed(byte[] package)
    {
        byte[] changed = [.. package];
        changed[changed.AsSpan().IndexOf("content"u8)] ^= 1;
        return changed;
    }

    private static byte[] Package(params (string Path, string Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string path, string content) in files)
            {
                using var writer = new StreamWriter(archive.CreateEntry(path, CompressionLevel.NoCompression).Open());
                writer.Write(content);
            }
        }
        return stream.ToArray();
    }

    private Task<ToolRun> DownloadAsync(string feed) => ToolRun.Of(
        "", "download", "libtorch", "--nuget-source", feed + "/", "--cache-dir", _folder["torch"]);

    /// <summary>
    /// The address of a feed that sends the first bytes to one request, and then closes the connection in order or resets it, as a proxy
    /// does that fails.
    /// </summary>
    private static async Task<string> CutOffAsync(byte[] package, int bytes, bool reset)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = $"http://{listener.LocalEndpoint}";
        _ = Task.Run(async () =>
        {
            using (listener)
            {
                using Socket socket = await listener.AcceptSocketAsync();
                byte[] request = new byte[4096];
                for (int read = 0; !request.AsSpan(0, read).EndsWith("\r\n\r\n"u8);)
                    read += await socket.ReceiveAsync(request.AsMemory(read));
                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {package.Length}\r\n\r\n"));
                await socket.SendAsync(package.AsMemory(0, bytes));
                socket.LingerState = new LingerOption(enable: reset, seconds: 0);
            }
        }, TestContext.Current.CancellationToken);
        return address;
    }

    private async Task<WebApplication> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication feed = builder.Build();
        feed.Run(context =>
        {
            _requests.Add((context.Request.Path, context.Request.Headers.Range.ToString()));
            return answer(context);
        });
        await feed.StartAsync();
        return feed;
    }
}
