using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Bert.MLNet.Tests.Docs;

/// <summary>Compiles the snippets of a page as a user would: statements of a program against the public surface of the library.</summary>
internal static class SnippetCompiler
{
    // What a project of the SDK has by itself.
    private static readonly string[] ImplicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks"];

    // What the program has of which a page shows a part.
    private static readonly string[] UsingsOfParts = ["Bert.MLNet", "Microsoft.ML", "Microsoft.ML.Data"];

    internal static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>What the compiler has to say against a page, each error with its line, and each warning about a whole program.</summary>
    /// <param name="name">The page's name, for the errors.</param>
    /// <param name="page">Its Markdown.</param>
    public static IReadOnlyList<string> Errors(string name, string page)
    {
        var errors = new List<string>();
        var program = new List<MarkdownSnippet>();
        foreach (MarkdownSnippet snippet in MarkdownSnippet.In(page))
        {
            if (!snippet.Continues)
                program.Clear();
            program.Add(snippet);
            // A block that others continue is compiled with each of them; its own errors are told once.
            errors.AddRange(Errors(name, program).Distinct().Except(errors));
        }
        return errors;
    }

    private static IEnumerable<string> Errors(string name, List<MarkdownSnippet> program)
    {
        bool isWhole = program[0].Given.Length == 0 && !program[0].Continues;
        StringBuilder usings = new(), statements = new(), types = new();
        if (!isWhole)
            usings.AppendJoin('\n', UsingsOfParts.Select(space => $"using {space};")).AppendLine();
        foreach (MarkdownSnippet snippet in program)
        {
            CompilationUnitSyntax unit = SyntaxFactory.ParseCompilationUnit(snippet.Code);
            foreach (SyntaxNode node in unit.Usings.Concat<SyntaxNode>(unit.Members))
            {
                StringBuilder part = node is UsingDirectiveSyntax ? usings : node is GlobalStatementSyntax ? statements : types;
                int line = snippet.Line + snippet.Code.AsSpan(0, node.FullSpan.Start).Count('\n');
                part.AppendLine(CultureInfo.InvariantCulture, $"#line {line} \"{name}\"").AppendLine(node.ToFullString());
            }
            foreach (Diagnostic error in unit.GetDiagnostics())
                yield return $"{name}({snippet.Line + error.Location.GetLineSpan().StartLinePosition.Line}): " +
                    $"{error.GetMessage(CultureInfo.InvariantCulture)}";
        }
        string given = string.Concat(
            program.SelectMany(snippet => snippet.Given).Distinct().Select(variable => $"public static {variable} = default!;\n"));
        string source = $"{usings}using static Given;\n{statements}\n;\n{types}\n#line default\nstatic class Given\n{{\n{given}}}\n";
        string globalUsings = string.Concat(ImplicitUsings.Select(space => $"global using {space};\n"));
        var compilation = CSharpCompilation.Create("Snippet",
            [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(globalUsings)], References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        DiagnosticSeverity least = isWhole ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error;
        foreach (Diagnostic error in compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= least))
        {
            FileLinePositionSpan place = error.Location.GetMappedLineSpan();
            yield return $"{(place.HasMappedPath ? place.Path : name)}({place.StartLinePosition.Line + 1}): " +
                $"{error.GetMessage(CultureInfo.InvariantCulture)}";
        }
    }
}
