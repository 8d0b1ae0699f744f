namespace Bert.MLNet.Tests.Docs;

public class SnippetTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md", "src/Bert.MLNet/README.md", "src/Bert.MLNet.Extensions.AI/README.md", "src/Bert.MLNet.Server/README.md",
        .. Directory.EnumerateFiles(Path.Combine(Shared.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(page => Path.GetRelativePath(Shared.Repository, page)),
    ];

    [Theory, MemberData(nameof(Pages))]
    public void The_code_of_a_page_compiles(string page) =>
        Assert.Empty(SnippetCompiler.Errors(page, File.ReadAllText(Path.Combine(Shared.Repository, page))));

    [Fact]
    public void The_readme_and_the_how_to_pages_have_code() => Assert.All(
        Pages.Select(page => page.Data).Where(page => page == "README.md" || page.Contains("how-to")),
        page => Assert.NotEmpty(MarkdownSnippet.In(File.ReadAllText(Path.Combine(Shared.Repository, page)))));

    [Fact]
    public void Code_that_does_not_compile_is_told_with_its_line() => Assert.Equal(["page.md(6): The name 'two' does not exist in the current context"], SnippetCompiler.Errors("page.md", """
        # A page
        <!-- given: int one -->
        ```csharp
        using System.Text;
        Console.WriteLine(one);
        Console.WriteLine(two);
        ```
        """));

    [Fact]
    public void A_whole_program_is_compiled_as_a_reader_pastes_it()
    {
        const string block = "```csharp\nvar ml = new MLContext();\n```";
        Assert.Single(SnippetCompiler.Errors("page.md", block),
            error => error.StartsWith("page.md(2): ", StringComparison.Ordinal) && error.Contains("'MLContext'", StringComparison.Ordinal));
        Assert.Empty(SnippetCompiler.Errors("page.md", "<!-- given: int seed -->\n" + block));
        Assert.NotEmpty(SnippetCompiler.Errors("page.md", "```csharp\nConsole.WriteLine();\nusing Microsoft.ML;\n```"));
        Assert.NotEmpty(SnippetCompiler.Errors("page.md", "```csharp\nstring text = null;\nConsole.WriteLine(text);\n```"));
    }

    [Fact]
    public void Code_goes_on_only_where_the_page_says_so()
    {
        const string page = """
            ```csharp
            var row = new Row(1);
            record Row(int Number);
            ```
            <!-- continues -->
            ```csharp
            Console.WriteLine(row.Number);
            ```
            """;
        Assert.Empty(SnippetCompiler.Errors("page.md", page));
        Assert.NotEmpty(SnippetCompiler.Errors("page.md", page.Replace("<!-- continues -->", "")));
    }

    [Fact]
    public void Code_sees_nothing_that_is_internal() =>
        Assert.NotEmpty(SnippetCompiler.Errors("page.md", "```csharp\nBert.MLNet.Tasks.AnswerWords.Of(\"\");\n```"));
}
