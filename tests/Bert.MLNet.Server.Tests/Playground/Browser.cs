using Microsoft.Playwright;

namespace Bert.MLNet.Server.Tests.Playground;

/// <summary>The machine's Chromium, and a server of the playground. Tests skip where there is no Chromium.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string? s_chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
        .FirstOrDefault(File.Exists);

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private RunningServer? _server;

    public async ValueTask InitializeAsync()
    {
        if (s_chromium is null)
            return;
        BertModel entities = (new TinyCheckpoint { Architecture = "BertForTokenClassification" } with { Labels = ["B-PER", "I-PER"] })
            .Load();
        _server = await RunningServer.StartAsync(options =>
        {
            options.Models.Add(new BertServedModel("embedded"));
            options.Models.Add(new BertServedModel(new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load(), "labels"));
            options.Models.Add(new BertServedModel(entities, "entities"));
            options.Models.Add(new BertServedModel(new TinyCheckpoint { Architecture = "BertForQuestionAnswering" }.Load(), "answers"));
        });
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = s_chromium, Args = ["--no-sandbox"] });
    }

    /// <summary>Opens the playground.</summary>
    internal async Task<IPage> OpenAsync(int width, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium on this machine.");
        IPage page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = 720 }, ColorScheme = scheme });
        page.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        page.Request += (_, request) => Assert.StartsWith(_server!.Client.BaseAddress!.ToString(), request.Url);
        await page.GotoAsync(_server!.Client.BaseAddress!.ToString());
        await page.GetByRole(AriaRole.Tab).First.WaitForAsync();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
