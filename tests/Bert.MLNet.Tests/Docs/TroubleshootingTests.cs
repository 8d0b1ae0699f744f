using System.Text.RegularExpressions;

namespace Bert.MLNet.Tests.Docs;

public sealed partial class TroubleshootingTests
{
    private static readonly Lazy<string[]> Sources = new(() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Shared.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .SelectMany(file => Lines(File.ReadAllText(file))),
    ]);

    public static TheoryData<string> Messages =>
        [.. File.ReadLines(Path.Combine(Shared.Repository, "docs", "troubleshooting.md"))
            .Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => line[2..])];

    [Theory, MemberData(nameof(Messages))]
    public void A_message_that_the_page_explains_is_one_of_the_code(string message) =>
        Assert.Contains(Sources.Value, source => InOrder(source, message.Split('…')));

    [Fact]
    public void A_message_that_no_code_has_is_told()
    {
        Assert.Contains(Lines("throw new E($\"There is no '{file}'. \" +\n    \"Pass \\\"it\\\".\");"),
            source => InOrder(source, "There is no '…'. Pass \"it\".".Split('…')));
        Assert.DoesNotContain(Lines("throw new E($\"There is no '{file}'.\");"), source => InOrder(source, "There was no '…'.".Split('…')));
    }

    /// <summary>The lines of a source, with strings that + joins as one.</summary>
    private static string[] Lines(string source) => Join().Replace(source, "").Replace("\\\"", "\"", StringComparison.Ordinal).Split('\n');

    private static bool InOrder(string source, IEnumerable<string> parts)
    {
        int start = 0;
        foreach (string part in parts)
        {
            int found = source.IndexOf(part, start, StringComparison.Ordinal);
            if (found < 0)
                return false;
            start = found + part.Length;
        }
        return true;
    }

    [GeneratedRegex("(?<!\\\\)\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Join();
}
