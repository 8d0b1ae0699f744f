using Microsoft.Playwright;

namespace Bert.MLNet.Server.Tests.Playground;

/// <summary>The playground in a browser. With <c>BERT_MLNET_SCREENSHOTS</c> set to a folder, it leaves pictures there.</summary>
public sealed class PlaygroundTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly string? s_screenshots = Environment.GetEnvironmentVariable("BERT_MLNET_SCREENSHOTS");

    [Theory]
    [InlineData(320, ColorScheme.Light), InlineData(320, ColorScheme.Dark), InlineData(1024, ColorScheme.Light)]
    public async Task Every_task_shows_its_result_without_scrolling_sideways(int width, ColorScheme scheme)
    {
        IPage page = await browser.OpenAsync(width, scheme);
        ILocator result = page.Locator("#result");
        foreach ((string tab, string shown) in new[]
        {
            ("Similarity", "Cosine (0."), ("Search", "Most owls eat mice and voles."), ("Classify", "%"), ("Entities", "entities"),
            ("Questions", "nswer"), ("Masked words", "night"), ("Attention", "attends to"),
        })
        {
            await page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
            await result.GetByText(shown).First.WaitForAsync();
            Assert.Equal(0, await page.Locator("[role=alert]").CountAsync());
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
                tab);
            if (s_screenshots is not null)
                await page.ScreenshotAsync(new() { Path = Path.Combine(s_screenshots, $"{tab}-{width}-{scheme}.png"), FullPage = true });
        }
        await page.CloseAsync();
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        IPage page = await browser.OpenAsync(800);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Similarity" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("true", await page.GetByRole(AriaRole.Tab, new() { Name = "Search" }).GetAttributeAsync("aria-selected"));
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync("Why does bread rise?");
        await page.Keyboard.PressAsync("Enter");
        ILocator first = page.Locator("#result li").First;
        await first.WaitForAsync();
        Assert.StartsWith("Bread rises because of yeast.", await first.InnerTextAsync());
        await page.CloseAsync();
    }

    [Fact]
    public async Task Every_field_and_result_has_a_name_for_screen_readers()
    {
        IPage page = await browser.OpenAsync(800);
        string[] nameless = await page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll("input, textarea, select, button, section")]
              .filter(e => !(e.labels?.length || e.ariaLabel || e.innerText?.trim()))
              .map(e => e.outerHTML)
            """);
        Assert.Empty(nameless);
        Assert.Equal("en", await page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.Equal("polite", await page.Locator("#result").GetAttributeAsync("aria-live"));
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_refused_request_is_shown_as_an_alert()
    {
        IPage page = await browser.OpenAsync(800);
        await page.GetByLabel("First text").FillAsync(string.Join(' ', Enumerable.Repeat("the", 600)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        ILocator alert = page.GetByRole(AriaRole.Alert);
        await alert.WaitForAsync();
        Assert.Contains("602 tokens", await alert.InnerTextAsync());
        await page.CloseAsync();
    }
}
