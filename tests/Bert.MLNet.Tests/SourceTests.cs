using System.Text.RegularExpressions;

namespace Bert.MLNet.Tests;

/// <summary>What the sources look like.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 300, LongestBlock = 12, LongestLine = 140;

    [Fact]
    public void No_file_is_longer_than_a_reader_likes() => Assert.Empty(
        from file in Sources()
        let lines = File.ReadLines(file).Count()
        where lines > MostLines
        select $"{Path.GetFileName(file)}: {lines}");

    /// <summary>
    /// Templates of generated code have the lines of that code, code that another tool wrote remains as it is, and JSON in tests has lines
    /// of its own.
    /// </summary>
    [Fact]
    public void No_line_is_longer_than_a_screen_is_wide() => Assert.Empty(
        from file in new[] { "src", "tests", "tools" }.SelectMany(Sources)
        where !file.Contains("CodeGeneration", StringComparison.Ordinal) && !file.Contains("DropIn", StringComparison.Ordinal)
        from line in File.ReadLines(file).Index()
        where line.Item.Length > LongestLine && !IsJson(line.Item)
        select $"{Path.GetFileName(file)}({line.Index + 1})");

    /// <summary>Blank lines and using directives do not count.</summary>
    [Fact]
    public void No_block_is_written_twice()
    {
        var seen = new Dictionary<string, string>();
        List<string> twice = [];
        foreach (string file in Sources())
        {
            string[] lines =
            [
                .. File.ReadLines(file).Select(line => line.Trim())
                    .Where(line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal)),
            ];
            for (int start = 0; start + LongestBlock < lines.Length; start++)
            {
                string block = string.Join('\n', lines[start..(start + LongestBlock + 1)]);
                if (!seen.TryAdd(block, file))
                    twice.Add($"{Path.GetFileName(seen[block])} and {Path.GetFileName(file)}: {lines[start]}");
            }
        }
        Assert.Empty(twice);
    }

    /// <summary>An interface and what implements it may differ by their first letter.</summary>
    [Fact]
    public void No_two_types_have_names_that_differ_by_one_letter()
    {
        string[] names =
        [
            .. Sources().SelectMany(File.ReadLines).Select(line => DeclaredType().Match(line).Groups["name"].Value)
                .Where(name => name.Length > 0).Distinct(),
        ];
        Assert.Contains("ModelFamily", names);
        Assert.Empty(
            from longer in names
            from start in Enumerable.Range(0, longer.Length)
            let shorter = longer.Remove(start, 1)
            where names.Contains(shorter) && longer != $"I{shorter}"
            select $"{shorter} and {longer}");
    }

    [GeneratedRegex(@"^\s*(public|internal|private)\b.*\b(class|struct|record|interface|enum) (?<name>[A-Z]\w+)")]
    private static partial Regex DeclaredType();

    private static bool IsJson(string line) => line.TrimStart().StartsWith('{') || line.Contains("\"\"\"", StringComparison.Ordinal);

    private static IEnumerable<string> Sources(string folder = "src")
    {
        string root = Path.Combine(Shared.Repository, folder);
        return from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
               let folders = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)
               where !folders.Contains("obj") && !folders.Contains("bin")
               select file;
    }
}
