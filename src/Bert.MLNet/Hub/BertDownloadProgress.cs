namespace Bert.MLNet;

/// <summary>Reports the progress of downloading one file. Files that are already in the cache are not reported.</summary>
public sealed record BertDownloadProgress
{
    /// <summary>The path of the file in the repository, such as <c>model.safetensors</c>.</summary>
    public required string File { get; init; }

    /// <summary>The number of bytes received, including those of an earlier, interrupted download.</summary>
    public required long BytesDone { get; init; }

    /// <summary>The size of the whole file in bytes.</summary>
    public required long BytesTotal { get; init; }
}
