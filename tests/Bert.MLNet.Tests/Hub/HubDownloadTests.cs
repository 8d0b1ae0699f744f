using Bert.MLNet.Hub;

namespace Bert.MLNet.Tests.Hub;

/// <summary>Files come whole and right, whatever happens on the way.</summary>
public class HubDownloadTests
{
    private const string Weights = HubWorld.Weights;

    [Fact]
    public async Task A_file_whose_connection_is_cut_goes_on_where_it_ended()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail(Weights, world.CutAfter(Weights, 50_000, 50_000), world.CutAfter(Weights, 20_000, 70_000));
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal([null, "bytes=50000-", "bytes=70000-"], RangesOfWeights(world));
    }

    [Fact]
    public async Task A_connection_that_is_cut_more_often_than_is_retried_still_gets_there()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        for (int i = 1; i <= 20; i++)
            world.Server.Fail(Weights, world.CutAfter(Weights, 1000, i * 1000));
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal(21, RangesOfWeights(world).Count);
    }

    [Fact]
    public async Task A_hub_that_cuts_before_the_first_byte_is_given_up()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        for (int i = 0; i < 6; i++)
            world.Server.Fail(Weights, world.CutAfter(Weights, 0, 0));
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.Contains("could not be reached for the model 'tiny/bert'", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, world.Time.Waits.Count);
    }

    [Fact]
    public async Task A_later_download_goes_on_where_a_cancelled_one_ended()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        using var cancel = new CancellationTokenSource();
        world.Server.Fail(Weights, HubServer.Then(30_000, async context =>
        {
            await world.ArrivedAsync(Weights, 30_000);
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => BertHub.DownloadAsync(HubWorld.Model, "main", world.Settings, cancel.Token));
        Assert.False(File.Exists(Path.Combine(world.Snapshot, Weights)));
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal([null, "bytes=30000-"], RangesOfWeights(world));
    }

    [Fact]
    public async Task A_hub_that_falls_silent_is_asked_again()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail("config.json", world.SilentAfter(0));
        world.Server.Fail(Weights, world.SilentAfter(40_000));
        await world.DownloadAsync();
        world.AssertSnapshot("config.json", Weights);
        Assert.Equal(2, world.Server.FilesServed.Count(file => file == "config.json"));
        Assert.Equal(2, world.Server.FilesServed.Count(file => file == Weights));
    }

    [Fact]
    public async Task A_hub_that_trickles_is_given_up_and_what_came_is_kept()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail(Weights, HubServer.Then(1, async context =>
        {
            for (int sent = 1; !context.RequestAborted.IsCancellationRequested; sent++)
            {
                await world.ArrivedAsync(Weights, sent);
                world.Time.Advance(0.9 * TestTime.Silence); // never silent for too long
                await context.Response.Body.WriteAsync(world.Served.Files[Weights].AsMemory(sent, 1));
                await context.Response.Body.FlushAsync();
            }
        }));
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.Contains("sends the model 'tiny/bert' too slowly: less than 1 KiB per second", error.Message, StringComparison.Ordinal);
        Assert.Empty(world.Time.Waits);
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal([null, "bytes=7-"], RangesOfWeights(world));
    }

    [Fact]
    public async Task A_hub_that_cuts_after_each_byte_is_given_up()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        for (int i = 1; i <= 50; i++)
        {
            int sent = i;
            world.Server.Fail(Weights, HubServer.Then(1, async context =>
            {
                await world.ArrivedAsync(Weights, sent);
                world.Time.Advance(0.9 * TestTime.Silence);
                context.Abort();
            }));
        }
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.Contains("too slowly", error.Message, StringComparison.Ordinal);
        Assert.Equal(7, RangesOfWeights(world).Count);
    }

    [Fact]
    public void Waits_that_the_hub_asks_for_and_a_machine_that_sleeps_are_not_slowness()
    {
        var time = new TestTime();
        var pace = new HubPace(
            new HubSettings { Endpoint = "http://127.0.0.1:1", CacheFolder = "unused", Time = time, Silence = TestTime.Silence });
        Assert.False(pace.IsTooSlow(1));
        pace.Pause();
        time.Advance(10 * TestTime.Silence);
        Assert.False(pace.IsTooSlow(0));
        time.Advance(10 * TestTime.Silence);
        Assert.False(pace.IsTooSlow(1)); // counts as one silence
        for (int i = 0; i < 4; i++)
        {
            time.Advance(TestTime.Silence);
            Assert.False(pace.IsTooSlow(0));
        }
        time.Advance(TestTime.Silence);
        Assert.True(pace.IsTooSlow(0));
    }

    [Fact]
    public async Task A_storage_without_ranges_gives_the_file_from_its_start()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail(Weights, world.CutAfter(Weights, 50_000, 50_000), HubServer.IgnoreRange);
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
    }

    [Fact]
    public async Task Too_many_requests_are_waited_for_as_long_as_the_hub_says()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail("listing", HubServer.Status(429, ("Retry-After", "7")), HubServer.Status(429, ("RateLimit", "\"api\";r=0;t=55")));
        world.Server.Fail(Weights, HubServer.Status(429, ("Retry-After", "11")));
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal([7, 55, 11], world.Time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_wait_of_an_hour_is_an_error_that_says_so()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail("listing", HubServer.Status(429, ("Retry-After", "3600")));
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.Contains("now and for 3600 seconds", error.Message, StringComparison.Ordinal);
        Assert.Empty(world.Time.Waits);
    }

    [Fact]
    public async Task Failures_of_the_server_are_tried_again_after_longer_and_longer_waits()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail("listing", HubServer.Status(503));
        world.Server.Fail(Weights, HubServer.Status(500), HubServer.Status(502), HubServer.Status(504), HubServer.Status(408),
            HubServer.Status(500));
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal(6, world.Time.Waits.Count);
        Assert.All(world.Time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(8)));
    }

    [Fact]
    public async Task A_server_that_stays_down_is_named_with_its_status()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        for (int i = 0; i < 6; i++)
            world.Server.Fail("listing", HubServer.Status(503));
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Contains("cannot send the model 'tiny/bert' now (status 503)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Weights)] // by SHA-256
    [InlineData("config.json")] // by git's SHA-1
    public async Task Wrong_bytes_are_not_used(string path)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        byte[] wrong = [.. world.Served.Files[path]];
        wrong[^1] ^= 1;
        world.Server.Fail(path, HubServer.Bytes(wrong));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains($"'{path}' of the model 'tiny/bert' came with the checksum", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Cached,
            file => file.EndsWith(path, StringComparison.Ordinal) || file.Contains(world.Served.Etag(path), StringComparison.Ordinal));
        Assert.DoesNotContain("refs/main", world.Cached);

        await world.DownloadAsync();
        world.AssertSnapshot(path);
    }

    [Fact]
    public async Task A_start_that_is_of_another_file_is_thrown_away()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        string incomplete = Path.Combine(world.Repository, "blobs", world.Served.Etag(Weights) + ".incomplete");
        Directory.CreateDirectory(Path.GetDirectoryName(incomplete)!);
        await File.WriteAllBytesAsync(incomplete, new byte[1234], TestContext.Current.CancellationToken);
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Equal(["bytes=1234-", null], RangesOfWeights(world));
        Assert.False(File.Exists(incomplete));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_file_of_another_length_is_not_used(int difference)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        byte[] other = world.Served.Files[Weights];
        Array.Resize(ref other, other.Length + difference);
        world.Server.Fail(Weights, HubServer.Bytes(other));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains("bytes, but the hub lists", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Cached,
            file => file.Contains(Weights, StringComparison.Ordinal) || file.Contains(".incomplete", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1, "ends after")]
    [InlineData(1, "has more than the")]
    public async Task A_file_that_does_not_say_its_length_is_measured(int difference, string message)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        byte[] other = world.Served.Files[Weights];
        Array.Resize(ref other, other.Length + difference);
        world.Server.Fail(Weights, (context, _) => context.Response.Body.WriteAsync(other).AsTask());
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Cached, file => file.Contains(".incomplete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_to_the_storage()
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { Token = "hf_secret" });
        world.Settings = world.Settings with { Token = "hf_secret" };
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.All(world.Server.Requests.Where(request => request.Host == "hub"),
            request => Assert.Equal("Bearer hf_secret", request.Token));
        HubRequest stored = Assert.Single(world.Server.Requests, request => request.Host == "storage");
        Assert.Null(stored.Token);
    }

    [Fact]
    public async Task A_model_that_was_renamed_is_found_with_its_token()
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { Token = "hf_secret" });
        world.Settings = world.Settings with { Token = "hf_secret" };
        world.Server.Renamed["old/bert"] = HubWorld.Model;
        string folder = await world.DownloadAsync(model: "old/bert");
        Assert.Equal(world.Served.Files[Weights],
            await File.ReadAllBytesAsync(Path.Combine(folder, Weights), TestContext.Current.CancellationToken));
        Assert.Contains("models--old--bert", folder, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/model")]
    [InlineData("/api/models/tiny/bert/revision/main")] // to itself
    public async Task A_redirect_to_nowhere_is_not_followed(string location)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        for (int i = 0; i < 12; i++)
            world.Server.Fail("listing", HubServer.Status(302, ("Location", location)));
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.Contains("which is not followed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_checksums_in_the_listing_the_file_itself_is_asked_for_them()
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { ListsBlobs = false });
        await world.DownloadAsync();
        world.AssertSnapshot("config.json", Weights);
        Assert.Contains($"blobs/{world.Served.Etag(Weights)}", world.Cached);
        Assert.DoesNotContain(world.Server.Requests, request => request is { Method: "HEAD", Host: "storage" });
    }

    [Fact]
    public async Task Progress_begins_where_the_file_was_cut_and_ends_with_its_last_byte()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        var reports = new List<BertDownloadProgress>();
        world.Settings = world.Settings with { Progress = new Collector(reports) };
        world.Server.Fail(Weights, world.CutAfter(Weights, 50_000, 50_000));
        await world.DownloadAsync();
        int length = world.Served.Files[Weights].Length;
        Assert.Equal([0, 50_000, length], reports.Where(report => report.File == Weights).Select(report => report.BytesDone));
        Assert.All(reports, report => Assert.Equal(world.Served.Files[report.File].Length, report.BytesTotal));
        Assert.Equal(reports.DistinctBy(report => report.File).Select(report => report.File),
            reports.Where(report => report.BytesDone == report.BytesTotal).Select(report => report.File));
    }

    private static List<string?> RangesOfWeights(HubWorld world) =>
        [.. world.Server.Requests.Where(request => request.Host == "storage").Select(request => request.Range)];

    private sealed class Collector(List<BertDownloadProgress> reports) : IProgress<BertDownloadProgress>
    {
        public void Report(BertDownloadProgress value) => reports.Add(value);
    }
}
