using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// Identifies a data set by its content, independently of the paths of its files. The identity of the whole data set is cheap to
/// compute; a part is identified by all bytes of its blocks.
/// </summary>
internal static class DatasetIdentity
{
    /// <summary>The number of bytes at both ends of a file, and after a part, that are read.</summary>
    private const int Edge = 1 << 16;

    /// <summary>The number of files up to which the content of their ends is read.</summary>
    private const int MaxFiles = 1000;

    /// <summary>Identifies all files by their formats, lengths and, if they are not too many, ends.</summary>
    public static JsonObject Of(Dataset dataset)
    {
        var hash = new XxHash128();
        foreach (DatasetFile file in dataset.Files)
        {
            // The extension determines how the file is read.
            hash.Append(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{Path.GetExtension(file.Path).ToLowerInvariant()} {file.Length}\n")));
            if (dataset.Files.Count <= MaxFiles)
            {
                Append(hash, file.Path, 0, Math.Min(Edge, file.Length));
                Append(hash, file.Path, Math.Max(0, file.Length - Edge), file.Length);
            }
        }
        return new JsonObject
        {
            ["files"] = dataset.Files.Count,
            ["bytes"] = dataset.Length,
            ["blocks"] = dataset.Blocks,
            ["xxh128"] = Convert.ToHexStringLower(hash.GetCurrentHash()),
        };
    }

    /// <summary>Identifies some blocks. The last row can end after its block, so the bytes after it count, too.</summary>
    public static JsonObject Of(Dataset dataset, BlockRange range)
    {
        (long start, long end) = dataset.BytesOf(range);
        var hash = new XxHash128();
        foreach ((DatasetFile file, long first, long last) in dataset.Pieces(start, range.First < range.End ? end + Edge : end))
            Append(hash, file.Path, first, last);
        return new JsonObject
        {
            ["first"] = range.First,
            ["end"] = range.End,
            ["xxh128"] = Convert.ToHexStringLower(hash.GetCurrentHash()),
        };
    }

    private static void Append(XxHash128 hash, string path, long start, long end)
    {
        using var bytes = new FileSlice(path, start, end);
        hash.Append(bytes);
    }
}
