using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>serve</c> as a process of its own. What the routes answer is shown by the tests of Bert.MLNet.Server.</summary>
public sealed partial class ServeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_on_this_machine_until_SIGTERM_and_says_what_it_does_without_texts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent on Linux alone.");
        string model = new TinyCheckpoint().Write(_folder["model"]);
        await File.WriteAllTextAsync(_folder["keys"], "\nsecret\n", Token);
        using var server = new ToolProcess(
            "serve", "--model", $"tiny={model}", "--port", "0", "--api-key-file", _folder["keys"], "--json");
        await server.WaitForAsync(() => Address().IsMatch(server.Written));
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(server.Written).Value) };
        Assert.Equal("127.0.0.1", client.BaseAddress.Host);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/info", Token)).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");

        using HttpResponseMessage embedded =
            await client.PostAsJsonAsync("/embed", new { inputs = "a great film", normalize = false }, Token);
        JsonElement vectors = await embedded.Content.ReadFromJsonAsync<JsonElement>(Token);
        using BertPredictor<string, BertEmbedding> embedder = BertModel.FromPretrained(model).CreateEmbedder();
        float[] expected = embedder.Predict("a great film").Vector.ToArray();
        Assert.Equal(expected.Length, vectors[0].GetArrayLength());
        foreach ((float value, JsonElement served) in expected.Zip(vectors[0].EnumerateArray()))
            Assert.Equal(value, served.GetSingle(), 1e-5f);

        string metrics = await client.GetStringAsync("/metrics", Token);
        Assert.Matches(@"bert_server_tokens_total\{[^}]*model=""tiny""[^}]*\} [1-9]", metrics);
        JsonElement description = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);
        Assert.Equal(JsonValueKind.Array, description.GetProperty("paths").GetProperty("/embed").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example")
            .GetProperty("inputs").ValueKind);
        Assert.Contains("<title>Bert.MLNet playground</title>", await client.GetStringAsync("/", Token));

        await server.SignalAsync("TERM");
        ToolRun run = await server.EndAsync();
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.DoesNotContain("great", run.Error);
        Assert.All(run.Error.Split('\n'), line => Assert.True(JsonElement.Parse(line).TryGetProperty("event", out _)));
    }

    [Theory]
    [InlineData("--port", "70000", "--port must be from 0 to 65535"), InlineData("--max-texts", "0", "--max-texts must be at least 1")]
    [InlineData("--api-key-file", "empty", "has no keys"), InlineData("--model", "a=", "Write a model, or 'id=model'")]
    public async Task Options_that_are_not_valid_are_named(string option, string value, string message)
    {
        string path = _folder["empty"];
        await File.WriteAllTextAsync(path, "\n", Token);
        ToolRun run = await ToolRun.Of("", "serve", "--model", "embedded", option, value == "empty" ? path : value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"http://[\d.]+:\d+")]
    private static partial Regex Address();
}
