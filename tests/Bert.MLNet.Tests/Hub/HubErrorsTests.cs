using Bert.MLNet.Hub;

namespace Bert.MLNet.Tests.Hub;

/// <summary>What the hub refuses is explained, with the remedy.</summary>
public class HubErrorsTests
{
    [Theory]
    [InlineData(null, "is gated, and no token was sent. Accept its conditions on", "HF_TOKEN")]
    [InlineData("hf_other", "is gated, and the token that was sent has no access to it", "the token's account")]
    public async Task A_gated_model_says_where_to_ask_for_it(string? token, params string[] fragments)
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { Token = "hf_secret", IsGated = true });
        await AssertRefusedAsync(world, token, [.. fragments, $"{world.Server.Endpoint}/tiny/bert"]);
    }

    [Theory]
    [InlineData(null, "There is no model 'tiny/bert'", "or it is private and no token was sent", "HF_TOKEN",
        "or the path if it is a folder")]
    [InlineData("hf_other", "There is no model 'tiny/bert'", "or it is private and the token that was sent has no access")]
    public async Task A_private_model_is_told_from_a_missing_one_by_nobody(string? token, params string[] fragments)
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { Token = "hf_secret" });
        await AssertRefusedAsync(world, token, fragments);
        world.Server.Models.Clear();
        await AssertRefusedAsync(world, token, fragments);
    }

    [Fact]
    public async Task A_gated_model_comes_with_the_right_token()
    {
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel { Token = "hf_secret", IsGated = true });
        world.Settings = world.Settings with { Token = "hf_secret" };
        await world.DownloadAsync();
        world.AssertSnapshot(HubWorld.Weights);
    }

    [Fact]
    public async Task A_revision_that_is_not_there_is_named()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync("v9"));
        Assert.Contains("The model 'tiny/bert' has no revision 'v9'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "does not accept the token that was sent")]
    [InlineData(403, "forbids access to the model 'tiny/bert'")]
    [InlineData(418, "returned status 418")]
    public async Task Other_refusals_repeat_what_the_hub_says(int status, string fragment)
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail("listing", HubServer.Status(status, ("X-Error-Message", "Not today")));
        await AssertRefusedAsync(world, "hf_expired", fragment, "The hub says: Not today");
    }

    [Fact]
    public void What_the_hub_says_cannot_command_a_terminal()
    {
        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden);
        string bell = "\a", csi = "\u009b2J";
        Assert.True(response.Headers.TryAddWithoutValidation(
            "X-Error-Message", $"\u001b[2J\u001b]0;owned{bell}{csi}\u202Eevil \u00fcber{new string('x', 1000)}"));
        var settings = new HubSettings { Endpoint = "http://127.0.0.1:1", CacheFolder = "unused" };
        string message = new HubErrors(settings, "tiny/bert", "main").From(response, new Uri("http://127.0.0.1:1/x")).Message;
        Assert.DoesNotContain(message, c => char.IsControl(c) || c == '\u202E');
        Assert.Contains("The hub says: \uFFFD[2J\uFFFD]0;owned\uFFFD\uFFFD2J\uFFFDevil \u00fcber", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 300, 700);
    }

    [Fact]
    public async Task A_storage_that_refuses_is_not_taken_for_the_hub()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Server.Fail(HubWorld.Weights, HubServer.Status(403));
        await AssertRefusedAsync(world, null, "to which the hub redirects the model 'tiny/bert', returned status 403");
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_named()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        world.Settings = world.Settings with { Endpoint = "http://127.0.0.1:1" };
        await AssertRefusedAsync(world, null, "'127.0.0.1' could not be reached for the model 'tiny/bert'", "or pass a folder");
    }

    private static async Task AssertRefusedAsync(HubWorld world, string? token, params string[] fragments)
    {
        world.Settings = world.Settings with { Token = token };
        var error = await Assert.ThrowsAsync<HubException>(() => world.DownloadAsync());
        Assert.All(fragments, fragment => Assert.Contains(fragment, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(world.Cached, file => file.StartsWith("refs/", StringComparison.Ordinal));
        Assert.DoesNotContain("hf_", error.Message, StringComparison.Ordinal);
    }
}
