using System.Buffers;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Hub;

/// <summary>Validates names of models, revisions and files, which become parts of paths and addresses.</summary>
internal static partial class HubName
{
    private static readonly SearchValues<char> NotInRevisions = SearchValues.Create(" ~^:?*[<>|\"");

    /// <summary>Whether the text is a valid model name: <c>name</c> or <c>organization/name</c>, by HuggingFace's rules.</summary>
    public static bool IsModel(string name) =>
        ModelName().IsMatch(name)
            && !name.Contains("--", StringComparison.Ordinal)
            && !name.Contains("..", StringComparison.Ordinal)
            && !name.EndsWith(".git", StringComparison.Ordinal);

    /// <summary>Whether the text is a full commit, which is the name of a snapshot's folder.</summary>
    public static bool IsCommit(string revision) => Commit().IsMatch(revision);

    /// <summary>Whether the text is a checksum: SHA-256 of a file, or git's SHA-1.</summary>
    public static bool IsChecksum(string? etag) => etag is not null && Checksum().IsMatch(etag);

    /// <summary>Whether the text is a valid name of a branch or tag, and a valid path inside a folder on any system.</summary>
    public static bool IsRevision(string revision) => IsPath(revision) && !revision.AsSpan().ContainsAny(NotInRevisions);

    /// <summary>Whether the path of a file stays inside its folder, on any system.</summary>
    public static bool IsPath(string path) =>
        !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl) && !DriveOrNothing().IsMatch(path)
        && Array.TrueForAll(path.Split('/'), part => part.Length > 0 && part is not ("." or ".."));

    [GeneratedRegex(@"^([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?/)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?\z")]
    private static partial Regex ModelName();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();

    [GeneratedRegex(@"^([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Checksum();

    [GeneratedRegex(@"^([A-Za-z]:|\z)")]
    private static partial Regex DriveOrNothing();
}
