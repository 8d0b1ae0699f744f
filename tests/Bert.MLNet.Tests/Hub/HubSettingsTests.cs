using Bert.MLNet.Hub;

namespace Bert.MLNet.Tests.Hub;

/// <summary>HuggingFace's variables mean here what they mean in its constants.py; options go before them.</summary>
public class HubSettingsTests
{
    private static readonly string s_user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Theory]
    [InlineData("~/.cache/huggingface/hub")]
    [InlineData("/xdg/huggingface/hub", "XDG_CACHE_HOME=/xdg")]
    [InlineData("/home/hf/hub", "XDG_CACHE_HOME=/xdg", "HF_HOME=/home/hf")]
    [InlineData("/old", "HF_HOME=/home/hf", "HUGGINGFACE_HUB_CACHE=/old")]
    [InlineData("/cache", "HF_HOME=/home/hf", "HUGGINGFACE_HUB_CACHE=/old", "HF_HUB_CACHE=/cache")]
    [InlineData("~/models/hub", "HF_HOME=~/models")]
    [InlineData("/data/me/hub/x", "HF_HUB_CACHE=$DATA/${WHO}/hub/x", "DATA=/data", "WHO=me")]
    [InlineData("/$UNKNOWN", "HF_HUB_CACHE=/$UNKNOWN")]
    [InlineData("~/.cache/huggingface/hub", "HF_HOME=", "HF_HUB_CACHE=")]
    public void The_cache_is_where_Python_has_it(string expected, params string[] variables) =>
        Assert.Equal(Path.GetFullPath(expected.Replace("~", s_user, StringComparison.Ordinal)),
            Read(new BertHubOptions(), variables).CacheFolder);

    [Theory]
    [InlineData(false)]
    [InlineData(true, "HF_HUB_OFFLINE=1")]
    [InlineData(true, "HF_HUB_OFFLINE=true")]
    [InlineData(true, "HF_HUB_OFFLINE=Yes")]
    [InlineData(true, "TRANSFORMERS_OFFLINE=ON")]
    [InlineData(false, "HF_HUB_OFFLINE=0")]
    [InlineData(false, "HF_HUB_OFFLINE=0", "TRANSFORMERS_OFFLINE=1")]
    public void The_network_is_off_when_a_variable_says_so(bool isOffline, params string[] variables) =>
        Assert.Equal(isOffline, Read(new BertHubOptions(), variables).WhyOffline is not null);

    [Fact]
    public void The_token_comes_from_the_variable_and_else_from_the_file_of_the_login()
    {
        using var home = new TemporaryFolder();
        string variable = "HF_HOME=" + home.Path, other = home["other"];
        Assert.Null(Read(new BertHubOptions(), variable).Token);
        File.WriteAllText(home["token"], "hf_file\n");
        File.WriteAllText(other, "hf_other");
        Assert.Equal("hf_file", Read(new BertHubOptions(), variable).Token);
        Assert.Equal("hf_other", Read(new BertHubOptions(), variable, "HF_TOKEN_PATH=" + other).Token);
        Assert.Equal("hf_old", Read(new BertHubOptions(), variable, "HUGGING_FACE_HUB_TOKEN=hf_old").Token);
        Assert.Equal("hf_variable",
            Read(new BertHubOptions(), variable, "HUGGING_FACE_HUB_TOKEN=hf_old", "HF_TOKEN= hf_variable\r\n").Token);
        Assert.Equal("hf_option", Read(new BertHubOptions { Token = "hf_option" }, variable, "HF_TOKEN=hf_variable").Token);
        Assert.Null(Read(new BertHubOptions { Token = "" }, variable, "HF_TOKEN=hf_variable").Token);
        Assert.Null(Read(new BertHubOptions(), variable, "HF_TOKEN=hf_variable", "HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
    }

    [Fact]
    public void Options_go_before_variables()
    {
        HubSettings settings = Read(
            new BertHubOptions { CacheFolder = "/mine", Endpoint = "https://mirror/hub/", LocalFilesOnly = true },
            "HF_HUB_CACHE=/cache", "HF_ENDPOINT=https://other", "HF_HUB_DOWNLOAD_TIMEOUT=60", "HF_HUB_DISABLE_SYMLINKS=1");
        Assert.Equal(Path.GetFullPath("/mine"), settings.CacheFolder);
        Assert.Equal("https://mirror/hub", settings.Endpoint);
        Assert.Equal("LocalFilesOnly is set", settings.WhyOffline);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Silence);
        Assert.False(settings.SymbolicLinks);
        Assert.Equal("https://other", Read(new BertHubOptions(), "HF_ENDPOINT=https://other/").Endpoint);
        Assert.Equal("https://huggingface.co", Read(new BertHubOptions()).Endpoint);
    }

    [Theory]
    [InlineData("huggingface.co")]
    [InlineData("file:///models")]
    public void An_endpoint_that_is_no_address_is_refused(string endpoint)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(new BertHubOptions(), "HF_ENDPOINT=" + endpoint));
        Assert.Contains($"'{endpoint}' is not a valid hub address", error.Message, StringComparison.Ordinal);
    }

    private static HubSettings Read(BertHubOptions options, params string[] variables)
    {
        var values = variables.Select(variable => variable.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        return HubSettings.Read(options, values.GetValueOrDefault);
    }
}
