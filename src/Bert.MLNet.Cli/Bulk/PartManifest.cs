using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// The file beside a part that is written last. It identifies the run that all parts share, the blocks of this part, and the content of
/// the part.
/// </summary>
/// <param name="Part">The path of the part.</param>
/// <param name="Shard">The part and the number of parts.</param>
/// <param name="Run">Identifies the run: equal texts mean that the parts belong together.</param>
/// <param name="Input">The blocks of the data set and their content.</param>
internal sealed record PartManifest(string Part, Shard Shard, JsonObject Run, JsonObject Input)
{
    private const string Extension = ".manifest.json";

    /// <summary>The maximum size of a manifest. It holds the options of a command line.</summary>
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private string File => FileOf(Part);

    public static bool Is(string path) => path.EndsWith(Extension, StringComparison.Ordinal);

    public static string FileOf(string part) => part + Extension;

    /// <summary>Whether the part exists, is the result of this run, and has not changed since.</summary>
    public bool IsWhole()
    {
        if (!System.IO.File.Exists(File) || !System.IO.File.Exists(Part))
            return false;
        try
        {
            WrittenPart written = Read(Part);
            return Same(written.Run, Run) && Same(written.Input, Input) && written.Shard == Shard && written.Matches();
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Deletes the manifest of an earlier run, before its part changes.</summary>
    public void Delete() => System.IO.File.Delete(File);

    /// <summary>Writes the manifest of a part that is complete.</summary>
    /// <param name="rows">The number of its rows.</param>
    public void Write(long rows)
    {
        var manifest = new JsonObject
        {
            ["manifest"] = 1,
            ["part"] = Shard.Number,
            ["parts"] = Shard.Count,
            ["rows"] = rows,
            ["bytes"] = new FileInfo(Part).Length,
            ["sha256"] = HashOf(Part),
            ["run"] = Run.DeepClone(),
            ["input"] = Input.DeepClone(),
        };
        WholeFile.Write(File, stream => stream.Write(Encoding.UTF8.GetBytes(manifest.ToJsonString(s_indented))));
    }

    /// <summary>Reads the manifest of a part.</summary>
    /// <exception cref="InvalidDataException">It is not a manifest of this version.</exception>
    public static WrittenPart Read(string part)
    {
        string file = FileOf(part);
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
                throw new FormatException("it is too large.");
            JsonNode json = JsonNode.Parse(System.IO.File.ReadAllBytes(file)) ?? throw new FormatException("it is empty.");
            if ((int?)json["manifest"] != 1)
                throw new FormatException("it has another version.");
            return new WrittenPart(
                part, new Shard((int)json["part"]!, (int)json["parts"]!), json["run"]!.AsObject(), json["input"]!.AsObject(),
                new BlockRange((long)json["input"]!["first"]!, (long)json["input"]!["end"]!),
                (long)json["run"]!["dataset"]!["blocks"]!, (long)json["rows"]!, (long)json["bytes"]!, (string)json["sha256"]!);
        }
        catch (Exception error)
            when (error is JsonException or FormatException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new InvalidDataException(
                $"'{file}' is not the manifest of a part: {error.Message} Delete it, and run the part again.", error);
        }
    }

    /// <summary>Whether two objects have the same text.</summary>
    public static bool Same(JsonObject one, JsonObject other) => one.ToJsonString() == other.ToJsonString();

    /// <summary>The SHA-256 of a file.</summary>
    public static string HashOf(string path)
    {
        using FileStream stream = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>A part as its manifest describes it.</summary>
/// <param name="Path">The part.</param>
/// <param name="Shard">The part and the number of parts.</param>
/// <param name="Run">Identifies the run.</param>
/// <param name="Input">Identifies the blocks.</param>
/// <param name="Blocks">The blocks of the data set.</param>
/// <param name="AllBlocks">The number of blocks of the data set.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Bytes">The length of the part.</param>
/// <param name="Sha256">The SHA-256 of the part.</param>
internal sealed record WrittenPart(
    string Path, Shard Shard, JsonObject Run, JsonObject Input, BlockRange Blocks, long AllBlocks, long Rows, long Bytes, string Sha256)
{
    /// <summary>Whether the part has the content that the manifest describes.</summary>
    public bool Matches() => new FileInfo(Path) is { Exists: true } file && file.Length == Bytes && PartManifest.HashOf(Path) == Sha256;
}
