using System.Text.Json.Nodes;
using Bert.MLNet.Hub;

namespace Bert.MLNet.Tests.Hub;

/// <summary>No name leads out of the cache, whoever gives it.</summary>
public class HubNamesTests
{
    [Theory]
    [InlineData("bert-base-uncased", true)]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2", true)]
    [InlineData("Foo-BAR_foo.bar123", true)]
    [InlineData("_org/_name", true)]
    [InlineData("org/name/more", false)]
    [InlineData("../name", false)]
    [InlineData("org/..", false)]
    [InlineData("a..b", false)]
    [InlineData("foo--bar", false)]
    [InlineData(".name", false)]
    [InlineData("org/-name", false)]
    [InlineData("name.", false)]
    [InlineData("/name", false)]
    [InlineData("org/", false)]
    [InlineData("org\\name", false)]
    [InlineData("C:name", false)]
    [InlineData("name\n", false)]
    [InlineData("modèle", false)]
    [InlineData("foo.git", false)]
    [InlineData("", false)]
    public void Names_of_models_are_those_of_huggingface_hub(string name, bool isModel) => Assert.Equal(isModel, HubName.IsModel(name));

    [Fact]
    public void A_name_has_at_most_96_characters()
    {
        Assert.True(HubName.IsModel("org/" + new string('a', 96)));
        Assert.False(HubName.IsModel("org/" + new string('a', 97)));
    }

    [Theory]
    [InlineData("../main")]
    [InlineData("/main")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("C:main")]
    [InlineData("a//b")]
    [InlineData("a b")]
    public async Task A_revision_that_is_none_is_refused(string revision)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => world.DownloadAsync(revision));
        Assert.Contains($"'{revision}' is not a valid revision", error.Message, StringComparison.Ordinal);
        Assert.Empty(world.Server.Requests);
    }

    [Theory]
    [InlineData("../config.json")]
    [InlineData("1_Pooling/../../../config.json")]
    [InlineData("/etc/config.json")]
    [InlineData("..\\config.json")]
    [InlineData("1_Pooling\\config.json")]
    [InlineData("C:/config.json")]
    [InlineData("C:config.json")]
    [InlineData("//host/config.json")]
    [InlineData("./config.json")]
    [InlineData("config.json\0")]
    [InlineData("")]
    public async Task A_listing_with_a_path_that_leads_away_is_refused_as_a_whole(string path)
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel
        {
            ChangeListing = listing =>
                ((JsonArray)listing["siblings"]!)
                    .Add(new JsonObject { ["rfilename"] = path, ["size"] = 1, ["blobId"] = new string('0', 40) }),
        });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains($"names the path '{path.Replace('\0', '\uFFFD')}', which could lead out of its folder. Do not use this model.",
            error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(world.Cache));
    }

    [Fact]
    public async Task A_file_that_is_not_needed_may_have_any_name_that_leads_nowhere()
    {
        var served = new ServedModel();
        served.Files["logs/2024-01-01T10:00:00/events"] = [1];
        using (var folder = new TemporaryFolder())
            served.AddFolder(new TinyCheckpoint().Write(folder.Path));
        await using HubWorld world = await HubWorld.StartAsync(served);
        await world.DownloadAsync();
        world.AssertSnapshot(HubWorld.Weights);
    }

    [Theory]
    [InlineData("sha", "../../../../x")]
    [InlineData("sha", "main")]
    [InlineData("siblings", "none")]
    public async Task An_answer_that_is_no_listing_is_refused(string field, string value)
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { ChangeListing = listing => listing[field] = value });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains("did not return a listing of a model", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(world.Cache));
    }

    [Fact]
    public async Task A_page_of_a_network_that_wants_a_login_is_no_listing()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail("listing", HubServer.Bytes("<html>Welcome to the airport</html>"u8.ToArray()));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains("did not return a listing of a model. Check HF_ENDPOINT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checksum_that_is_a_path_is_none()
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel
        {
            ChangeListing = listing => ((JsonArray)listing["siblings"]!)[0]!["blobId"] = "../../../evil",
        });
        await world.DownloadAsync();
        world.AssertSnapshot(world.Served.Files.Keys.First());
        Assert.DoesNotContain(world.Cached, file => file.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shard_that_lies_elsewhere_is_refused()
    {
        var served = new ServedModel();
        using (var folder = new TemporaryFolder())
            served.AddFolder(new TinyCheckpoint().Write(folder.Path));
        served.Files.Remove(HubWorld.Weights);
        served.Files["model.safetensors.index.json"] = """{"weight_map":{"embeddings.LayerNorm.weight":"../../evil.safetensors"}}"""u8.ToArray();
        await using HubWorld world = await HubWorld.StartAsync(served);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => world.DownloadAsync());
        Assert.Contains("'../../evil.safetensors', which leads out of its folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        using var elsewhere = new TemporaryFolder();
        string victim = elsewhere["victim"],
            incomplete = Path.Combine(world.Repository, "blobs", world.Served.Etag(HubWorld.Weights) + ".incomplete");
        Directory.CreateDirectory(Path.GetDirectoryName(incomplete)!);
        File.CreateSymbolicLink(incomplete, victim);
        var error = await Assert.ThrowsAsync<IOException>(() => world.DownloadAsync());
        Assert.Contains($"'{incomplete}' is a link", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(victim));
    }

    [Theory]
    [InlineData("models--tiny--bert", true)]
    [InlineData("models--tiny--bert/blobs", true)]
    [InlineData("models--tiny--bert/snapshots", true)]
    [InlineData("models--tiny--bert/trees", false)]
    [InlineData("models--tiny--bert/refs", false)]
    [InlineData(".locks", true)]
    [InlineData(".locks/models--tiny--bert", true)]
    public async Task Nothing_is_written_through_a_link_in_place_of_a_folder_of_the_cache(string path, bool isNeeded)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        using var elsewhere = new TemporaryFolder();
        string link = Path.Combine(world.Cache, path.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        Directory.CreateSymbolicLink(link, elsewhere.Path);
        if (isNeeded)
            Assert.StartsWith($"'{link}' is a link", (await Assert.ThrowsAsync<IOException>(() => world.DownloadAsync())).Message,
                StringComparison.Ordinal);
        else
            world.AssertSnapshot(Path.GetRelativePath(world.Snapshot, Path.Combine(await world.DownloadAsync(), HubWorld.Weights)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }

    [Fact]
    public async Task A_lock_that_is_a_link_is_not_opened()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        using var elsewhere = new TemporaryFolder();
        string link = Path.Combine(world.Cache, ".locks", "models--tiny--bert", world.Served.Etag(HubWorld.Weights) + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, elsewhere["victim"]);
        Assert.StartsWith($"'{link}' is a link", (await Assert.ThrowsAsync<IOException>(() => world.DownloadAsync())).Message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(elsewhere["victim"]));
    }

    [Fact]
    public async Task A_cache_that_lies_elsewhere_behind_a_link_is_used()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        using var elsewhere = new TemporaryFolder();
        Directory.CreateSymbolicLink(world.Cache, elsewhere.Path);
        await world.DownloadAsync();
        world.AssertSnapshot(HubWorld.Weights);
        Assert.True(Directory.Exists(elsewhere["models--tiny--bert"]));
    }

    [Fact]
    public async Task A_snapshot_that_is_a_link_is_not_written_into()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        using var elsewhere = new TemporaryFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(world.Snapshot)!);
        Directory.CreateSymbolicLink(world.Snapshot, elsewhere.Path);
        var error = await Assert.ThrowsAsync<IOException>(() => world.DownloadAsync());
        Assert.Contains($"'{world.Snapshot}' is a link", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere.Path));
    }
}
