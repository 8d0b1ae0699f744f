using System.Text.RegularExpressions;

namespace Bert.MLNet.Tests.Docs;

/// <summary>
/// A fenced block of C# in a page. A comment before it, which readers do not see, may say what stands around it: <c>&lt;!-- given:
/// IDataView data; string path --&gt;</c> names variables that are there, <c>&lt;!-- continues --&gt;</c> that it goes on where the block
/// before it ended.
/// </summary>
/// <param name="Line">The line of the page, from 1, on which its code begins.</param>
/// <param name="Code">Its code.</param>
/// <param name="Given">Declarations of variables that it uses.</param>
/// <param name="Continues">Whether it goes on from the block before.</param>
internal sealed partial record MarkdownSnippet(int Line, string Code, string[] Given, bool Continues)
{
    public static IReadOnlyList<MarkdownSnippet> In(string page) =>
    [
        .. from Match block in Block().Matches(page.ReplaceLineEndings("\n"))
           select new MarkdownSnippet(
               page.ReplaceLineEndings("\n").AsSpan(0, block.Groups["code"].Index).Count('\n') + 1,
               // Directives of a program in a single file are for the SDK, not for the compiler.
               FileDirective().Replace(block.Groups["code"].Value, ""),
               block.Groups["given"].Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
               block.Groups["continues"].Success),
    ];

    [GeneratedRegex("^#:.*$", RegexOptions.Multiline)]
    private static partial Regex FileDirective();

    [GeneratedRegex(@"(?:<!-- (?:given: (?<given>[^>]*?)|(?<continues>continues)) -->\n+)?^```csharp\n(?<code>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
