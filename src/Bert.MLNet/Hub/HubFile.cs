namespace Bert.MLNet.Hub;

/// <summary>A file of a repository at a commit.</summary>
/// <param name="Path">Its path, with '/' as the separator.</param>
/// <param name="Size">Its size in bytes, or null if the listing does not contain it.</param>
/// <param name="Etag">The SHA-256 of its bytes for a large file in git, otherwise git's SHA-1; the name of its blob in the cache. Null if
/// the listing does not contain it.</param>
/// <param name="BlobId">git's SHA-1, which for a large file is that of its pointer.</param>
internal sealed record HubFile(string Path, long? Size, string? Etag, string? BlobId)
{
    /// <summary>Whether the checksum is a SHA-256.</summary>
    public bool IsLarge => Etag is { Length: 64 };
}
