using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>All parts of a result, complete and unchanged, of one run over one data set.</summary>
internal sealed partial class PartSet
{
    private const int MaxNamed = 10;

    private PartSet(IReadOnlyList<WrittenPart> parts) => Parts = parts;

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<WrittenPart> Parts { get; }

    /// <summary>The number of rows of all parts.</summary>
    public long Rows => Parts.Sum(part => part.Rows);

    /// <summary>Finds the parts of a result and verifies them.</summary>
    /// <param name="path">The path that was the <c>--output</c> of the parts.</param>
    /// <param name="count">The number of parts, or null for the number in their names.</param>
    /// <param name="cancellation">Ends the verification.</param>
    /// <exception cref="InvalidDataException">Parts are missing, incomplete or damaged, or do not belong together; the message names
    /// them.</exception>
    public static PartSet Find(string path, int? count, CancellationToken cancellation)
    {
        path = Path.GetFullPath(path);
        int parts = count ?? CountOf(path);
        int[] missing = [.. Enumerable.Range(1, parts).Where(number => !IsThere(new Shard(number, parts).FileOf(path)))];
        if (missing.Length > 0)
        {
            string names = string.Join(", ", missing.Take(MaxNamed).Select(number => new Shard(number, parts).ToString()));
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{missing.Length} of {parts} parts of '{path}' are missing or not complete. Run them with --shard {names}") +
                $"{(missing.Length > MaxNamed ? " and others" : "")}.");
        }
        WrittenPart[] read = [.. Enumerable.Range(1, parts).Select(number => PartManifest.Read(new Shard(number, parts).FileOf(path)))];
        long end = 0;
        for (int i = 0; i < read.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            WrittenPart part = read[i];
            if (part.Shard != new Shard(i + 1, parts))
                throw Error(part, $"is part {part.Shard}, according to its manifest. Restore its name, or run the part again.");
            if (Difference(read[0].Run, part.Run) is { } other)
                throw Error(part, $"comes from another run than part 1: its {other} differs. Run the part again.");
            if (part.Blocks.First != end || (i == parts - 1 && part.Blocks.End != part.AllBlocks))
                throw Error(part, "does not continue the part before it. Run both again.");
            if (!part.Matches())
                throw Error(part, "has changed since it was written. Delete it, and run the part again.");
            end = part.Blocks.End;
        }
        return new PartSet(read);
    }

    private static InvalidDataException Error(WrittenPart part, string message) => new($"'{part.Path}' {message}");

    private static bool IsThere(string part) => File.Exists(part) && File.Exists(PartManifest.FileOf(part));

    /// <summary>The number of parts in the names of files.</summary>
    private static int CountOf(string path)
    {
        (string name, string extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        string folder = Path.GetDirectoryName(path)!;
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];
        int[] counts = [.. files.Select(Path.GetFileName)
            .Where(file => file!.StartsWith(name, StringComparison.Ordinal) && file.EndsWith(extension, StringComparison.Ordinal)
                && file.Length > name.Length + extension.Length)
            .Select(file => Suffix().Match(file![name.Length..^extension.Length]))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            .Distinct()
            .Order()];
        return counts switch
        {
            [var only] => only,
            [] => throw new InvalidDataException(
                $"'{path}' has no parts, such as '{Path.GetFileName(new Shard(1, 8).FileOf(path))}'. Specify the --output of the runs " +
                "with --shard."),
            _ => throw new InvalidDataException(
                $"'{path}' has parts of several divisions: of " +
                $"{string.Join(" and of ", counts.Select(count => count.ToString(CultureInfo.InvariantCulture)))}. Select one with " +
                "--shards, or delete the others."),
        };
    }

    /// <summary>The name of the first field that differs.</summary>
    private static string? Difference(JsonObject one, JsonObject other) =>
        PartManifest.Same(one, other) ? null : one.Select(field => field.Key).FirstOrDefault(
            field => !JsonNode.DeepEquals(one[field], other[field])) ?? "form";

    [GeneratedRegex("^-[0-9]{5,9}-of-([0-9]{5,9})$")]
    private static partial Regex Suffix();
}
