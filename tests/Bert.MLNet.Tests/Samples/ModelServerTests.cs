using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Bert.MLNet.Samples.Web;
using Microsoft.AspNetCore.Builder;

namespace Bert.MLNet.Tests.Samples;

/// <summary>The web sample on a port of this machine, with the model that comes with the library.</summary>
public sealed class ModelServerTests(ModelServerTests.Server server) : IClassFixture<ModelServerTests.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        private readonly WebApplication _app = ModelServer.Create("--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None");

        public HttpClient Client { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await _app.StartAsync();
            Client.BaseAddress = new Uri(_app.Urls.Single());
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _app.DisposeAsync();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Embed_gives_the_model_s_vectors()
    {
        string[] texts = ["Owls hunt at night.", "", "Bread rises."];
        JsonElement answer = await Post("/embed", new { texts });
        Assert.Equal("bert-mini-en", answer.GetProperty("model").GetString());
        using var embedding = BertEmbeddingTransformer.Create(BertModel.Default, new() { Normalize = true });
        IReadOnlyList<BertEmbedding> expected = embedding.Embed(texts, Token);
        Assert.Equal(expected.Select(e => e.Vector.ToArray()), answer.GetProperty("embeddings").EnumerateArray().Select(Floats));
        Assert.Equal(expected.Sum(e => e.TokenCount), answer.GetProperty("inputTokens").GetInt64());
    }

    [Fact]
    public async Task Classify_tells_praise_from_complaint()
    {
        JsonElement answer = await Post(
            "/classify", new { texts =
                new[] { "Wonderful food, friendly staff, we loved every minute.", "Terrible, rude and dirty. Never again." } });
        Assert.Equal(["1", "0"], answer.EnumerateArray().Select(c => c.GetProperty("label").GetString()));
        foreach (JsonElement classification in answer.EnumerateArray())
        {
            Dictionary<string, float> scores = classification.GetProperty("scores").Deserialize<Dictionary<string, float>>()!;
            Assert.Equal(["0", "1"], scores.Keys.Order());
            Assert.Equal(1, scores.Values.Sum(), 1e-4f);
            Assert.Equal(classification.GetProperty("label").GetString(), scores.MaxBy(score => score.Value).Key);
        }
    }

    [Fact]
    public async Task Search_gives_the_nearest_articles_in_order()
    {
        JsonElement[] hits = [.. (
            await server.Client.GetFromJsonAsync<JsonElement>(
                "/search?query=" + Uri.EscapeDataString("why does dough grow in the oven & rise?") + "&top=5", Token)).EnumerateArray()];
        Assert.Equal(5, hits.Length);
        Assert.Equal("Why bread rises", hits[0].GetProperty("title").GetString());
        float[] scores = [.. hits.Select(hit => hit.GetProperty("score").GetSingle())];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(3, (await server.Client.GetFromJsonAsync<JsonElement>("/search?query=owls", Token)).GetArrayLength());
    }

    [Fact]
    public async Task Many_requests_at_once_get_the_answers_that_each_gets_alone()
    {
        string[][] texts = [.. Enumerable.Range(0, 24)
            .Select(i => new[] { $"The film was {(i % 2 == 0 ? "great" : "bad")}.", $"Number {i}." })];
        JsonElement[] embedded = new JsonElement[texts.Length], classified = new JsonElement[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            (embedded[i], classified[i]) =
                (await Post("/embed", new { texts = texts[i] }), await Post("/classify", new { texts = texts[i] }));
        await Task.WhenAll(texts.Select(async (text, i) =>
        {
            Task<JsonElement> embed = Post("/embed", new { texts = text }), classify = Post("/classify", new { texts = text });
            Assert.Equal(embedded[i].GetRawText(), (await embed).GetRawText());
            Assert.Equal(classified[i].GetRawText(), (await classify).GetRawText());
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/search?query=film", Token)).StatusCode);
        }));
    }

    [Theory]
    [InlineData("POST", "/embed", """{"texts":[]}""", 400, "Texts")]
    [InlineData("POST", "/classify", """{"texts":null}""", 400, "Texts")]
    [InlineData("POST", "/classify", "{}", 400, "Texts")]
    [InlineData("POST", "/embed", """{"texts":[1]}""", 400, null)]
    [InlineData("POST", "/embed", "{", 400, null)]
    [InlineData("POST", "/embed", "", 400, null)]
    [InlineData("GET", "/search", null, 400, null)]
    [InlineData("GET", "/search?query=owls&top=0", null, 400, "top")]
    [InlineData("GET", "/search?query=owls&top=many", null, 400, null)]
    [InlineData("GET", "/embed", null, 405, null)]
    [InlineData("GET", "/nothing", null, 404, null)]
    public async Task Bad_input_gets_problem_details(string method, string path, string? body, int status, string? field)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        await Refused(request, status, field);
    }

    [Fact]
    public async Task Too_many_texts_and_too_large_a_body_are_refused()
    {
        using var many = new HttpRequestMessage(HttpMethod.Post, "/embed")
        {
            Content = JsonContent.Create(new { texts = Enumerable.Repeat("a", 257) }),
        };
        await Refused(many, 400, "Texts");
        using var large = new HttpRequestMessage(HttpMethod.Post, "/embed")
        {
            Content = JsonContent.Create(new { texts = new[] { new string('a', 2 << 20) } }),
        };
        large.Headers.ExpectContinue = true; // the answer comes before the body is sent
        await Refused(large, 413, null);
    }

    [Fact]
    public async Task It_says_that_it_is_healthy_and_what_it_offers()
    {
        Assert.Equal("Healthy", await server.Client.GetStringAsync("/health", Token));
        JsonElement document = await server.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);
        JsonElement paths = document.GetProperty("paths");
        Assert.Equal(["/classify", "/embed", "/search"], paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.True(paths.GetProperty("/embed").GetProperty("post").GetProperty("responses").TryGetProperty("400", out _));
        Assert.Equal(256, document.GetProperty("components").GetProperty("schemas").GetProperty("TextsRequest").GetProperty("properties")
            .GetProperty("texts").GetProperty("maxItems").GetInt32());
    }

    private async Task<JsonElement> Post(string path, object body)
    {
        using HttpResponseMessage answer = await server.Client.PostAsJsonAsync(path, body, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private async Task Refused(HttpRequestMessage request, int status, string? field)
    {
        using HttpResponseMessage answer = await server.Client.SendAsync(request, Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        if (field is not null)
            Assert.Contains(problem.GetProperty("errors").EnumerateObject(),
                error => error.Name.Equals(field, StringComparison.OrdinalIgnoreCase));
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
