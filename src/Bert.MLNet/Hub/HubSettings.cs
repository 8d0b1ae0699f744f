using System.Globalization;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Hub;

/// <summary>
/// The combination of options and HuggingFace's environment variables.
/// https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
/// </summary>
internal sealed partial record HubSettings
{
    /// <summary>The address of the hub, without a trailing slash.</summary>
    public required string Endpoint { get; init; }

    public required string CacheFolder { get; init; }

    public string? Token { get; init; }

    /// <summary>The setting that forbids the network, or null if it is allowed.</summary>
    public string? WhyOffline { get; init; }

    /// <summary>Whether the entries of a snapshot can be symbolic links if the system supports them.</summary>
    public bool SymbolicLinks { get; init; } = true;

    /// <summary>The timeout for silence of the hub.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IProgress<BertDownloadProgress>? Progress { get; init; }

    /// <param name="options">The user's options.</param>
    /// <param name="variable">Gets the value of an environment variable.</param>
    /// <exception cref="ArgumentException">The endpoint is not a valid address.</exception>
    public static HubSettings Read(BertHubOptions options, Func<string, string?> variable)
    {
        string home = Folder("HF_HOME") ?? Path.Combine(Folder("XDG_CACHE_HOME") ?? Path.Combine(UserFolder, ".cache"), "huggingface");
        string endpoint = (options.Endpoint ?? Value("HF_ENDPOINT") ?? "https://huggingface.co").TrimEnd('/');
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
            throw new ArgumentException(
                $"'{endpoint}' is not a valid hub address. Set {nameof(BertHubOptions.Endpoint)} or HF_ENDPOINT to an address such as " +
                "https://huggingface.co.");
        return new HubSettings
        {
            Endpoint = endpoint,
            CacheFolder = Path.GetFullPath(options.CacheFolder ?? Folder("HF_HUB_CACHE") ?? Folder("HUGGINGFACE_HUB_CACHE")
                ?? Path.Combine(home, "hub")),
            Token = options.Token is { } token ? Clean(token) : IsOn("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : SavedToken(),
            WhyOffline = options.LocalFilesOnly ? $"{nameof(BertHubOptions.LocalFilesOnly)} is set"
                : IsTrue(Value("HF_HUB_OFFLINE") ?? Value("TRANSFORMERS_OFFLINE")) ? "HF_HUB_OFFLINE is set" : null,
            SymbolicLinks = !IsOn("HF_HUB_DISABLE_SYMLINKS"),
            Silence = TimeSpan.FromSeconds(int.TryParse(Value("HF_HUB_DOWNLOAD_TIMEOUT"), CultureInfo.InvariantCulture, out int seconds)
                && seconds > 0 ? seconds : 10),
            Progress = options.Progress,
        };

        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

        bool IsOn(string name) => IsTrue(Value(name));

        string? Folder(string name) => Value(name) is { } value ? Expand(value, variable) : null;

        string? SavedToken()
        {
            if (Clean(Value("HF_TOKEN") ?? Value("HUGGING_FACE_HUB_TOKEN")) is { } given)
                return given;
            string file = Folder("HF_TOKEN_PATH") ?? Path.Combine(home, "token");
            return File.Exists(file) ? Clean(File.ReadAllText(file)) : null;
        }
    }

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static bool IsTrue(string? value) => value?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string? Clean(string? token) => string.IsNullOrWhiteSpace(token) ? null : token.Trim();

    // Like Python's os.path, expands ~ and $NAME; unknown names remain.
    private static string Expand(string path, Func<string, string?> variable)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = UserFolder + path[1..];
        return Variable().Replace(path, match => variable(match.Groups["name"].Value) ?? match.Value);
    }

    [GeneratedRegex(@"\$(?<name>\w+)|\$\{(?<name>[^}]+)\}")]
    private static partial Regex Variable();
}
