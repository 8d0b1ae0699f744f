namespace Bert.MLNet;

/// <summary>
/// The options for downloading a model from the HuggingFace hub. Their defaults come from HuggingFace's environment variables.
/// </summary>
public sealed record BertHubOptions
{
    /// <summary>
    /// A branch, a tag or a commit. Default: <c>main</c>. With a full commit of 40 digits, the files can never change, and once they are in
    /// the cache, the hub is not contacted again.
    /// </summary>
    public string Revision { get; init; } = "main";

    /// <summary>
    /// The cache folder, shared with HuggingFace's libraries. Null: <c>HF_HUB_CACHE</c>, or the folder <c>hub</c> in <c>HF_HOME</c>, which
    /// is <c>~/.cache/huggingface</c> unless <c>XDG_CACHE_HOME</c> is set.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>The address of the hub. Null: <c>HF_ENDPOINT</c>, or <c>https://huggingface.co</c>.</summary>
    public string? Endpoint { get; init; }

    /// <summary>
    /// The token for private and gated models, sent only to the hub's own address. Null: <c>HF_TOKEN</c>, or the token that <c>hf auth
    /// login</c> saved. Empty: no token.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Whether to use only the cache and not the network. Also true if <c>HF_HUB_OFFLINE</c> is 1. Default: false.</summary>
    public bool LocalFilesOnly { get; init; }

    /// <summary>Receives the progress of each file, or null. It is called on the downloading threads, but never concurrently.</summary>
    public IProgress<BertDownloadProgress>? Progress { get; init; }
}
