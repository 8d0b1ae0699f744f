using System.Text.Json.Nodes;
using Bert.MLNet.Hub;

namespace Bert.MLNet.Tests.Hub;

/// <summary>The cache is the one of HuggingFace's Python libraries, and is used without the hub where it can be.</summary>
public class HubCacheTests
{
    private const string Weights = HubWorld.Weights;

    [Fact]
    public async Task The_layout_is_that_of_huggingface_hub()
    {
        var served = new ServedModel();
        served.Files["1_Pooling/config.json"] = """{"word_embedding_dimension":32,"pooling_mode_cls_token":true}"""u8.ToArray();
        served.Files["modules.json"] = """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]"""u8.ToArray();
        await using HubWorld world = await HubWorld.StartAsync(WithModel(served));
        Assert.Equal(world.Snapshot, await world.DownloadAsync());

        string[] paths = ["1_Pooling/config.json", "config.json", Weights, "modules.json", "special_tokens_map.json",
            "tokenizer_config.json", "vocab.txt"];
        world.AssertSnapshot(paths);
        Assert.Equal(
            paths.Select(path => $"snapshots/{served.Commit}/{path}").Concat(paths.Select(path => "blobs/" + served.Etag(path)))
                .Append("refs/main").Order(StringComparer.Ordinal),
            world.Cached);
        Assert.Equal(served.Commit,
            await File.ReadAllTextAsync(Path.Combine(world.Repository, "refs", "main"), TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal($"../../blobs/{served.Etag(Weights)}", new FileInfo(Path.Combine(world.Snapshot, Weights)).LinkTarget);
            Assert.Equal($"../../../blobs/{served.Etag("1_Pooling/config.json")}",
                new FileInfo(Path.Combine(world.Snapshot, "1_Pooling", "config.json")).LinkTarget);
        }
        Assert.True(File.Exists(Path.Combine(world.Cache, ".locks", "models--tiny--bert", served.Etag(Weights) + ".lock")));

        // As huggingface_hub's _tree_cache.py writes and reads it.
        JsonNode tree = JsonNode.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(world.Repository, "trees", served.Commit + ".json"), TestContext.Current.CancellationToken))!;
        var expected = new JsonObject();
        foreach (string path in served.Files.Keys)
        {
            var entry = new JsonObject { ["size"] = served.Files[path].Length, ["blob_id"] = served.GitBlobId(path) };
            if (ServedModel.IsLarge(path))
            {
                entry["lfs_sha256"] = served.Etag(path);
                entry["lfs_size"] = served.Files[path].Length;
            }
            expected[path] = entry;
        }
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["format_version"] = 1, ["files"] = expected }, tree), tree.ToJsonString());
    }

    [Fact]
    public async Task Without_symbolic_links_the_snapshot_has_the_files_themselves()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Settings = world.Settings with { SymbolicLinks = false };
        await world.DownloadAsync();
        world.AssertSnapshot("config.json", Weights);
        Assert.Null(new FileInfo(Path.Combine(world.Snapshot, Weights)).LinkTarget);
        Assert.DoesNotContain(world.Cached, file => file.StartsWith("blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blob_that_is_there_is_copied_where_links_are_no_more()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        await world.DownloadAsync();
        File.Delete(Path.Combine(world.Snapshot, Weights));
        world.Settings = world.Settings with { SymbolicLinks = false };
        await world.DownloadAsync();
        world.AssertSnapshot(Weights);
        Assert.Null(new FileInfo(Path.Combine(world.Snapshot, Weights)).LinkTarget);
        Assert.Contains($"blobs/{world.Served.Etag(Weights)}", world.Cached);
        Assert.Single(world.Server.FilesServed, Weights);
    }

    [Fact]
    public async Task What_Python_downloaded_is_found_without_a_network()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        AsPython(world, world.Served.Files.Keys);
        world.Settings = world.Settings with { WhyOffline = "HF_HUB_OFFLINE is set" };
        Assert.Equal(world.Snapshot, await world.DownloadAsync());
        Assert.Equal(world.Snapshot, await world.DownloadAsync(world.Served.Commit));
        Assert.Empty(world.Server.Requests);
    }

    [Fact]
    public async Task What_Python_downloaded_is_not_downloaded_again()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        AsPython(world, ["config.json", Weights]);
        await world.DownloadAsync();
        world.AssertSnapshot("config.json", Weights, "vocab.txt");
        Assert.Equal(["special_tokens_map.json", "tokenizer_config.json", "vocab.txt"], world.Server.FilesServed);
    }

    [Fact]
    public async Task Offline_without_a_cache_says_what_to_do()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Settings = world.Settings with { WhyOffline = "HF_HUB_OFFLINE is set" };
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => world.DownloadAsync());
        Assert.Equal($"The model 'tiny/bert' (revision 'main') is not in the cache '{world.Cache}', and the hub is not contacted because " +
            "HF_HUB_OFFLINE is set. Download it first, or allow the network.", error.Message);
        Assert.Empty(world.Server.Requests);
    }

    [Fact]
    public async Task Offline_with_a_part_of_a_model_names_what_is_missing()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        AsPython(world, ["config.json", "vocab.txt"]);
        world.Settings = world.Settings with { WhyOffline = "HF_HUB_OFFLINE is set" };
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => world.DownloadAsync());
        Assert.Contains("'tiny/bert' has no weights", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("It is not on the hub either: HF_HUB_OFFLINE is set.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_file_that_is_missing_is_no_less_missed_offline()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        await world.DownloadAsync();
        File.Delete(Path.Combine(world.Snapshot, "tokenizer_config.json"));
        world.Settings = world.Settings with { WhyOffline = "HF_HUB_OFFLINE is set" };
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => world.DownloadAsync());
        Assert.Contains("'tokenizer_config.json' of the model 'tiny/bert' is not in the cache", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_cannot_answer_does_not_matter_to_who_has_a_copy()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        await world.DownloadAsync();
        int asked = world.Server.Requests.Count;
        world.Server.Fail("listing", HubServer.Status(503), HubServer.Status(429, ("Retry-After", "100")),
            HubServer.Status(401, ("X-Error-Code", "RepoNotFound")));
        for (int i = 0; i < 3; i++)
            Assert.Equal(world.Snapshot, await world.DownloadAsync());
        Assert.Equal(asked + 3, world.Server.Requests.Count);
        world.Settings = world.Settings with { Endpoint = "http://127.0.0.1:1" };
        Assert.Equal(world.Snapshot, await world.DownloadAsync());
        Assert.Empty(world.Time.Waits);
    }

    [Fact]
    public async Task A_commit_that_is_there_needs_no_hub()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        await world.DownloadAsync(world.Served.Commit);
        int asked = world.Server.Requests.Count;
        Assert.Equal(world.Snapshot, await world.DownloadAsync(world.Served.Commit));
        Assert.Equal(asked, world.Server.Requests.Count);
        Assert.DoesNotContain(world.Cached, file => file.StartsWith("refs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_commit_brings_only_the_files_that_changed()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        string first = await world.DownloadAsync();
        int asked = world.Server.Requests.Count;
        world.Served.Commit = new string('2', 40);
        world.Served.Files["vocab.txt"] = [.. world.Served.Files["vocab.txt"], .. "new\n"u8];
        Assert.Equal(world.Snapshot, await world.DownloadAsync());
        Assert.Equal(["/api/models/tiny/bert/revision/main", $"/tiny/bert/resolve/{world.Served.Commit}/vocab.txt"],
            world.Server.Requests.Skip(asked).Select(request => request.Path));
        world.AssertSnapshot("config.json", "vocab.txt", Weights);
        Assert.NotEqual(world.Served.Files["vocab.txt"],
            await File.ReadAllBytesAsync(Path.Combine(first, "vocab.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_new_commit_counts_when_it_is_whole()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        string first = await world.DownloadAsync();
        world.Served.Commit = new string('2', 40);
        world.Served.Files[Weights] = [.. world.Served.Files[Weights], 0];
        world.Server.Fail(Weights, HubServer.Status(403));
        await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        world.Settings = world.Settings with { WhyOffline = "HF_HUB_OFFLINE is set" };
        Assert.Equal(first, await world.DownloadAsync());
    }

    [Fact]
    public async Task A_branch_with_slashes_has_a_ref_of_its_own()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        await world.DownloadAsync("refs/pr/7");
        Assert.Contains("refs/refs/pr/7", world.Cached);
        Assert.DoesNotContain("refs/main", world.Cached);
    }

    [Fact]
    public async Task An_entry_that_was_cut_or_leads_nowhere_is_made_anew()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        await world.DownloadAsync();
        using (FileStream blob = File.OpenWrite(Path.Combine(world.Repository, "blobs", world.Served.Etag(Weights))))
            blob.SetLength(1000);
        File.Delete(Path.Combine(world.Repository, "blobs", world.Served.Etag("config.json")));
        await world.DownloadAsync();
        world.AssertSnapshot("config.json", Weights);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_still_is_read()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        AsPython(world, world.Served.Files.Keys);
        // Files where folders for the listing, the ref and the locks would have to be.
        foreach (string file in (
            string[])[Path.Combine(world.Repository, "trees"), Path.Combine(world.Repository, "refs", "refs"),
            Path.Combine(world.Cache, ".locks")])
            await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        Assert.Equal(world.Snapshot, await world.DownloadAsync("refs/pr/7"));
    }

    private static ServedModel WithModel(ServedModel served)
    {
        using var folder = new TemporaryFolder();
        return served.AddFolder(new TinyCheckpoint().Write(folder.Path));
    }

    // What hf_hub_download leaves, file by file: no listing.
    private static void AsPython(HubWorld world, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string blob = Path.Combine(world.Repository, "blobs", world.Served.Etag(path));
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
            Directory.CreateDirectory(world.Snapshot);
            File.WriteAllBytes(blob, world.Served.Files[path]);
            File.CreateSymbolicLink(Path.Combine(world.Snapshot, path), $"../../blobs/{world.Served.Etag(path)}");
        }
        Directory.CreateDirectory(Path.Combine(world.Repository, "refs"));
        File.WriteAllText(Path.Combine(world.Repository, "refs", "main"), world.Served.Commit);
    }
}
