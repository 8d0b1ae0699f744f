namespace Bert.MLNet;

/// <summary>Where a model of the HuggingFace hub comes from and where it is kept. What is not said here is taken from HuggingFace's environment variables.</summary>
public sealed record BertHubOptions
{
    /// <summary>
    /// A branch, a tag, or a commit; <c>main</c> by default. With a full commit of 40 digits the files can never change,
    /// and once they are all there the hub is not asked again.
    /// </summary>
    public string Revision { get; init; } = "main";

    /// <summary>
    /// The folder of the cache that is shared with HuggingFace's libraries; null for <c>HF_HUB_CACHE</c>, else the folder
    /// <c>hub</c> in <c>HF_HOME</c>, which is <c>~/.cache/huggingface</c> unless <c>XDG_CACHE_HOME</c> says otherwise.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>The hub's address; null for <c>HF_ENDPOINT</c>, else <c>https://huggingface.co</c>.</summary>
    public string? Endpoint { get; init; }

    /// <summary>
    /// The token for private and gated models, sent to the hub's own address only; null for <c>HF_TOKEN</c>, else the one
    /// that <c>hf auth login</c> saved. Empty for none.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Whether only what the cache has is used and no network; also so when <c>HF_HUB_OFFLINE</c> is 1. False by default.</summary>
    public bool LocalFilesOnly { get; init; }

    /// <summary>Told how far the download of each file is; null for nobody. It is called on the threads that download, one call after the other.</summary>
    public IProgress<BertDownloadProgress>? Progress { get; init; }
}
