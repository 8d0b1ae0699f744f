using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Hub;

/// <summary>A repository as the hub keeps it: files at one commit, the weights in large storage.</summary>
internal sealed class ServedModel
{
    public string Commit { get; set; } = "1111111111111111111111111111111111111111";

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The token without which the model is not given; null for a public one.</summary>
    public string? Token { get; init; }

    /// <summary>Whether others learn that the model is there, and may ask for access.</summary>
    public bool IsGated { get; init; }

    /// <summary>Whether the listing says sizes and checksums, as the hub does when it is asked for blobs.</summary>
    public bool ListsBlobs { get; init; } = true;

    /// <summary>What an attacker, or a bad proxy, makes of the listing.</summary>
    public Action<JsonObject> ChangeListing { get; init; } = _ => { };

    /// <summary>Takes over the files of a folder.</summary>
    public ServedModel AddFolder(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            Files[Path.GetRelativePath(folder, file).Replace('\\', '/')] = File.ReadAllBytes(file);
        return this;
    }

    public static bool IsLarge(string path) => Path.GetExtension(path) is ".safetensors" or ".bin" or ".h5" or ".onnx" or ".msgpack";

    /// <summary>The name of its blob in a cache, computed apart from the library.</summary>
    public string Etag(string path) => IsLarge(path) ? Convert.ToHexStringLower(SHA256.HashData(Files[path])) : GitHash(Files[path]);

    public JsonObject Listing()
    {
        var siblings = new JsonArray();
        foreach ((string path, byte[] content) in Files)
        {
            var sibling = new JsonObject { ["rfilename"] = path };
            if (ListsBlobs)
            {
                sibling["size"] = content.Length;
                sibling["blobId"] = GitHash(IsLarge(path) ? Pointer(path) : content);
                if (IsLarge(path))
                    sibling["lfs"] = new JsonObject
                    {
                        ["sha256"] = Etag(path),
                        ["size"] = content.Length,
                        ["pointerSize"] = Pointer(path).Length,
                    };
            }
            siblings.Add(sibling);
        }
        var listing = new JsonObject { ["id"] = "served", ["sha"] = Commit, ["private"] = false, ["siblings"] = siblings };
        ChangeListing(listing);
        return listing;
    }

    public string GitBlobId(string path) => GitHash(IsLarge(path) ? Pointer(path) : Files[path]);

    private byte[] Pointer(string path) =>
        Encoding.UTF8.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{Etag(path)}\nsize {Files[path].Length}\n");

#pragma warning disable CA5350 // git's own
    private static string GitHash(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
}
