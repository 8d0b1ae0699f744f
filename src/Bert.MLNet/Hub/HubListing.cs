using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Hub;

/// <summary>The files of a repository at a commit.</summary>
internal sealed class HubListing
{
    private const int TreeFormat = 1;

    private readonly Dictionary<string, HubFile> _files = new(StringComparer.Ordinal);

    /// <param name="commit">The commit.</param>
    /// <param name="files">The files, each path once.</param>
    /// <param name="source">The name of the listing in messages.</param>
    /// <exception cref="InvalidDataException">A path leads out of its folder.</exception>
    public HubListing(string commit, IEnumerable<HubFile> files, string source)
    {
        Commit = commit;
        foreach (HubFile file in files)
        {
            if (!HubName.IsPath(file.Path))
                throw new InvalidDataException(
                    $"{source} names the path '{PrintableText.Of(file.Path)}', which could lead out of its folder. Do not use this model.");
            _files[file.Path] = file;
        }
    }

    public string Commit { get; }

    public IReadOnlyDictionary<string, HubFile> Files => _files;

    /// <summary>Reads the hub's response to <c>/api/models/ID/revision/REVISION?blobs=true</c>.</summary>
    /// <exception cref="InvalidDataException">The response is not a listing.</exception>
    public static HubListing FromAnswer(string json, string source)
    {
        JsonFields fields;
        try
        {
            fields = JsonFields.Parse(json, source);
        }
        catch (InvalidDataException exception)
        {
            throw NoListing(source, exception);
        }
        if (fields.Find("sha") is not { ValueKind: JsonValueKind.String } sha || !HubName.IsCommit(sha.GetString()!)
            || fields.Find("siblings") is not { ValueKind: JsonValueKind.Array } siblings)
            throw NoListing(source);
        return new HubListing(sha.GetString()!,
            siblings.EnumerateArray().Select(sibling => FromSibling(JsonFields.Of(sibling, source), source)),
            $"The hub's listing '{source}'");
    }

    /// <summary>Reads a listing written by <see cref="ToTree"/> or huggingface_hub, or returns null if it cannot be used.</summary>
    public static HubListing? FromTree(string commit, string json, string file)
    {
        try
        {
            JsonFields tree = JsonFields.Parse(json, file);
            if (tree.Whole("format_version", 0) != TreeFormat)
                return null;
            return new HubListing(commit, (tree.Members("files") ?? []).Select(entry =>
            {
                JsonFields fields = JsonFields.Of(entry.Value, file);
                return Create(entry.Name, Size(fields, "lfs_size") ?? Size(fields, "size"), fields.Text("lfs_sha256"),
                    fields.Text("blob_id"));
            }), $"'{file}'");
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The listing in the format of huggingface_hub's cache, or null if a size or checksum is missing.</summary>
    public string? ToTree() => _files.Values.Any(file => file.Size is null || file.Etag is null || file.BlobId is null) ? null
        : JsonFile.Format(
            new { format_version = TreeFormat, files =
                _files.Values.OrderBy(file => file.Path, StringComparer.Ordinal).ToDictionary(file => file.Path, ToTreeEntry) });

    private static InvalidDataException NoListing(string source, Exception? inner = null) =>
        new($"'{source}' did not return a listing of a model. Check HF_ENDPOINT and the network's proxy.", inner);

    private static Dictionary<string, object> ToTreeEntry(HubFile file)
    {
        var entry = new Dictionary<string, object> { ["size"] = file.Size!, ["blob_id"] = file.BlobId! };
        if (file.IsLarge)
        {
            entry["lfs_sha256"] = file.Etag!;
            entry["lfs_size"] = file.Size!;
        }
        return entry;
    }

    private static HubFile FromSibling(JsonFields fields, string source)
    {
        string path = fields.Text("rfilename") ?? throw NoListing(source);
        string? blob = fields.Text("blobId");
        if (fields.Find("lfs") is not { } element)
            return Create(path, Size(fields, "size"), null, blob);
        JsonFields large = JsonFields.Of(element, source);
        return Create(path, Size(large, "size"), large.Text("sha256") ?? "", blob);
    }

    // Without permission to read a model, the hub returns asterisks as checksums.
    private static HubFile Create(string path, long? size, string? sha256, string? blob) =>
        new(path, size, HubName.IsChecksum(sha256 ?? blob) ? sha256 ?? blob : null, HubName.IsChecksum(blob) ? blob : null);

    private static long? Size(JsonFields fields, string name) =>
        fields.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long size) && size >= 0 ? size : null;
}
