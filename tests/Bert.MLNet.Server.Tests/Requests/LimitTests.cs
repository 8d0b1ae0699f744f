using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Server.Tests.Requests;

/// <summary>The limits of requests, on servers with one worker.</summary>
public sealed class LimitTests
{
    private static readonly BertModel s_model = new TinyCheckpoint().Load();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"inputs": 1.5}""", 400), InlineData("""{"inputs": ["a", 1]}""", 400), InlineData("""{"inputs": [[1], "a"]}""", 400)]
    [InlineData("{}", 400), InlineData("[]", 400), InlineData("null", 400), InlineData("{", 400), InlineData("", 400)]
    [InlineData("""{"inputs": []}""", 400), InlineData("""{"inputs": "a", "model": "b"}""", 404)]
    [InlineData("""{"inputs": "a", "dimensions": 0}""", 422), InlineData("""{"inputs": "a", "prompt_name": "b"}""", 422)]
    [InlineData("""{"inputs": ["a", "b", "c", "d"]}""", 413)]
    public async Task A_body_that_is_not_valid_is_refused_with_one_sentence(string body, int expected)
    {
        await using RunningServer server = await StartAsync(options => options.MaxTexts = 3);
        (int status, JsonElement error) = await server.FailAsync("/embed", body);
        Assert.Equal(expected, status);
        Assert.NotEmpty(error.GetProperty("error").GetString()!);
        Assert.NotEmpty(error.GetProperty("error_type").GetString()!);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_post_a_form()
    {
        await using RunningServer server = await StartAsync();
        Assert.Equal(415, (await server.FailAsync("/embed", """{"inputs": "a"}""", "text/plain")).Status);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/embed");
        request.Headers.Add("Origin", "https://example.com");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await server.Client.SendAsync(request, Token);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_body_above_the_limit_is_refused_whether_or_not_it_tells_its_size(bool chunked)
    {
        await using RunningServer server = await StartAsync(options => options.MaxBodyBytes = 1000);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"inputs": "{{new string('a', 2000)}}"}""");
        using HttpContent content = chunked ? new StreamContent(new UnknownLength(body)) : new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (int status, JsonElement error) = await RunningServer.ReadAsync(await server.Client.PostAsync("/embed", content, Token));
        Assert.Equal(413, status);
        Assert.Contains("1000 bytes", error.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_key_is_required_if_there_are_keys_but_not_for_health()
    {
        await using RunningServer server = await StartAsync(options =>
        {
            options.ApiKeys.Add("first key");
            options.ApiKeys.Add("second key");
        });
        foreach ((string? key, HttpStatusCode expected) in new[]
        {
            ("first key", HttpStatusCode.OK), ("second key", HttpStatusCode.OK), ("first ke", HttpStatusCode.Unauthorized),
            ("", HttpStatusCode.Unauthorized), (null, HttpStatusCode.Unauthorized),
        })
        {
            foreach (string route in (string[])["/info", "/v1/models"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, route);
                if (key is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
                using HttpResponseMessage response = await server.Client.SendAsync(request, Token);
                Assert.Equal(expected, response.StatusCode);
                Assert.Equal(expected != HttpStatusCode.OK, response.Headers.WwwAuthenticate.Any(scheme => scheme.Scheme == "Bearer"));
            }
        }
        Assert.Equal(401, (await server.FailAsync("/embed", new { inputs = "a" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/health", Token)).StatusCode);
    }

    [Fact]
    public async Task A_full_queue_answers_429_with_Retry_After()
    {
        await using RunningServer server = await StartAsync(options => options.QueueLength = 2);
        Task busy = await server.OccupyAsync();
        Task<JsonElement> waits = server.PostAsync("/embed", new { inputs = new[] { "a", "b" } });
        await Patience.UntilAsync(() => server.Scheduler.Waiting == 2);
        using HttpResponseMessage refused = await server.SendAsync("/embed", new { inputs = "c" });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        server.OpenGate();
        Assert.Equal(2, (await waits).GetArrayLength());
        await busy;
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_answered_503_and_leaves_the_queue()
    {
        var clock = new FakeTimeProvider();
        await using RunningServer server = await StartAsync(options => options.RequestTimeout = TimeSpan.FromSeconds(30), clock);
        Task busy = await server.OccupyAsync();
        Task<HttpResponseMessage> waits = server.SendAsync("/embed", new { inputs = "a" });
        await Patience.UntilAsync(() => server.Scheduler.Waiting == 1);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, server.Scheduler.Waiting);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(503, (await RunningServer.ReadAsync(await waits)).Status);
        Assert.Equal(0, server.Scheduler.Waiting);
        server.OpenGate();
        await busy;
    }

    [Theory]
    [InlineData("/embed"), InlineData("/v1/embeddings")]
    public async Task A_body_that_does_not_arrive_in_time_is_answered_408_in_the_form_of_its_API(string route)
    {
        var clock = new FakeTimeProvider();
        await using RunningServer server = await StartAsync(options => options.RequestTimeout = TimeSpan.FromSeconds(30), clock);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Token);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {route} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"), Token);
        Task<string> answer = ReadChunksAsync(stream);
        await Patience.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(30)); // as soon as the server waits for the rest
            return answer.IsCompleted;
        });
        string text = await answer;
        Assert.StartsWith("HTTP/1.1 408 ", text);
        string json = text[text.IndexOf('{')..(text.LastIndexOf('}') + 1)];
        JsonElement error = JsonElement.Parse(json).GetProperty("error");
        string? message = (error.ValueKind == JsonValueKind.String ? error : error.GetProperty("message")).GetString();
        Assert.Contains("did not arrive in time. Send it at once, within 30 s", message);
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_the_queue()
    {
        await using RunningServer server = await StartAsync();
        Task busy = await server.OccupyAsync();
        using var client = new HttpClient { BaseAddress = server.Client.BaseAddress };
        Task<HttpResponseMessage> waits = client.PostAsync(
            "/embed", new StringContent("""{"inputs": "a"}""", Encoding.UTF8, "application/json"), Token);
        await Patience.UntilAsync(() => server.Scheduler.Waiting == 1);
        client.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        await Patience.UntilAsync(() => server.Scheduler.Waiting == 0);
        server.OpenGate();
        await busy;
    }

    [Fact]
    public async Task A_server_that_stops_answers_what_it_has_accepted()
    {
        await using RunningServer server = await StartAsync();
        Task busy = await server.OccupyAsync();
        Task<JsonElement>[] accepted = [.. Enumerable.Range(0, 5).Select(i => server.PostAsync("/embed", new { inputs = $"a {i}" }))];
        await Patience.UntilAsync(() => server.Scheduler.Waiting == 5);
        Task stop = server.App.StopAsync(Token);
        await Patience.UntilAsync(() => server.App.Lifetime.ApplicationStopping.IsCancellationRequested);
        Assert.All(accepted, request => Assert.False(request.IsCompleted));
        server.OpenGate();
        Assert.All(await Task.WhenAll(accepted), answer => Assert.Equal(1, answer.GetArrayLength()));
        await stop;
        await busy;
    }

    [Theory]
    [InlineData("Models"), InlineData("TokenBudget"), InlineData("QueueLength"), InlineData("RequestTimeout"), InlineData("ApiKeys")]
    [InlineData("Device")]
    public async Task An_option_that_is_not_valid_stops_the_start(string option)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options =>
        {
            switch (option)
            {
                case "Models": options.Models.Clear(); break;
                case "TokenBudget": options.TokenBudget = 0; break;
                case "QueueLength": options.QueueLength = -1; break;
                case "Device": options.Device = "gpu"; break;
                case "RequestTimeout": options.RequestTimeout = TimeSpan.Zero; break;
                default: options.ApiKeys.Add(" "); break;
            }
        }));
        Assert.Contains(option, Assert.Single(error.Failures));
    }

    [Fact]
    public async Task A_device_that_is_missing_stops_the_start_unless_the_processor_may_stand_in()
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "ONNX Runtime has CUDA here.");
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(options => options.Device = "cuda:1"));
        Assert.Contains("Device is 'cuda:1', but this application's ONNX Runtime computes on the processor only.", error.Message);
        await using RunningServer server = await StartAsync(options => (options.Device, options.FallbackToCpu) = ("cuda:1", true));
        Assert.Equal(1, (await server.PostAsync("/embed", new { inputs = "a" })).GetArrayLength());
    }

    /// <summary>Reads an answer up to its last chunk. The server only closes the connection some seconds later.</summary>
    private static async Task<string> ReadChunksAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(buffer, Token) is > 0 and int read)
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return text.ToString();
    }

    private static Task<RunningServer> StartAsync(Action<BertServerOptions>? configure = null, TimeProvider? clock = null) =>
        RunningServer.StartAsync(options =>
        {
            options.Models.Add(new BertServedModel(s_model, "tiny"));
            options.NumberOfWorkers = 1;
            configure?.Invoke(options);
        }, clock);

    /// <summary>A stream whose length a client cannot ask for.</summary>
    private sealed class UnknownLength(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
