using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Bert.MLNet.Server.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bert.MLNet.Server.Tests;

/// <summary>A server on a port of this machine that is free.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _atGate = new(0);

    private RunningServer(WebApplication app)
    {
        App = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = Patience.Limit };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public BatchScheduler Scheduler => App.Services.GetRequiredService<BatchScheduler>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="configure">Sets the options.</param>
    /// <param name="clock">The server's time; null for the system's.</param>
    public static async Task<RunningServer> StartAsync(Action<BertServerOptions> configure, TimeProvider? clock = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        builder.Services.AddBert(configure);
        WebApplication app = builder.Build();
        app.MapBert();
        app.MapBertPlayground();
        await app.StartAsync(Token);
        return new RunningServer(app);
    }

    /// <summary>Makes the only worker wait until the gate is opened.</summary>
    public async Task<Task> OccupyAsync()
    {
        var lane = new Lane("gate", "test", _ =>
        {
            _atGate.Release();
            Assert.True(_gate.Wait(Patience.Limit));
        });
        Task busy = Scheduler.RunAsync(lane, [new Scheduling.FakeItem(1)], Token);
        Assert.True(await _atGate.WaitAsync(Patience.Limit, Token));
        return busy;
    }

    public void OpenGate() => _gate.Set();

    public Task<HttpResponseMessage> SendAsync(string route, object body) => Client.PostAsJsonAsync(route, body, Token);

    /// <summary>Posts JSON and returns the answer, which must be a success.</summary>
    public async Task<JsonElement> PostAsync(string route, object body)
    {
        using HttpResponseMessage response = await SendAsync(route, body);
        string content = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, content);
        return JsonElement.Parse(content);
    }

    /// <summary>Posts JSON and returns the status and the answer.</summary>
    public async Task<(int Status, JsonElement Body)> FailAsync(string route, object body) => await ReadAsync(await SendAsync(route, body));

    /// <summary>Posts text as it is.</summary>
    public async Task<(int Status, JsonElement Body)> FailAsync(string route, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await ReadAsync(await Client.PostAsync(route, content, Token));
    }

    public static async Task<(int Status, JsonElement Body)> ReadAsync(HttpResponseMessage response)
    {
        using (response)
            return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    public async ValueTask DisposeAsync()
    {
        OpenGate();
        Client.Dispose();
        await App.DisposeAsync();
        _gate.Dispose();
        _atGate.Dispose();
    }
}
