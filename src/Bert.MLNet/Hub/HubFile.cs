namespace Bert.MLNet.Hub;

/// <summary>A file of a repository at a commit.</summary>
/// <param name="Path">Where it lies, with '/' between the parts.</param>
/// <param name="Size">Its bytes; null when the listing does not say.</param>
/// <param name="Etag">
/// The SHA-256 of its bytes where git keeps it as a large file, else git's SHA-1; the name of its blob in the cache. Null
/// when the listing does not say.
/// </param>
/// <param name="BlobId">git's SHA-1, for a large file that of its pointer.</param>
internal sealed record HubFile(string Path, long? Size, string? Etag, string? BlobId)
{
    /// <summary>Whether the checksum is a SHA-256.</summary>
    public bool IsLarge => Etag is { Length: 64 };
}
