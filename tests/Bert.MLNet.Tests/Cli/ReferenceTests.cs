using System.Runtime.CompilerServices;

namespace Bert.MLNet.Tests.Cli;

/// <summary>docs/cli-reference.md is what the tool says of itself.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public async Task The_reference_is_that_of_the_verbs()
    {
        string file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs", "cli-reference.md"));
        string made = (await ToolRun.Of("", "reference")).Output.ReplaceLineEndings("\n"),
            written = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        Assert.True(made == written,
            "docs/cli-reference.md is not what the tool says of itself. Write it anew: dotnet run -c Release --project " +
            "src/Bert.MLNet.Cli -- reference > docs/cli-reference.md");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
