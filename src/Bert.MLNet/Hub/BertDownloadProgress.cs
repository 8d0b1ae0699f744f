namespace Bert.MLNet;

/// <summary>How far the download of one file is. Files that the cache already has are not reported.</summary>
public sealed record BertDownloadProgress
{
    /// <summary>The file's path in the repository, such as <c>model.safetensors</c>.</summary>
    public required string File { get; init; }

    /// <summary>Bytes of the file that are there, with those of an earlier download that was cut.</summary>
    public required long BytesDone { get; init; }

    /// <summary>Bytes of the whole file.</summary>
    public required long BytesTotal { get; init; }
}
