using System.Diagnostics;

namespace Bert.MLNet.Tests.Docs;

/// <summary>The notebooks in <c>docs/notebooks</c>: their cells form a program that compiles, and run where the tool is.</summary>
public sealed class NotebookTests
{
    private const string Cell = "#!";

    public static TheoryData<string> Notebooks =>
        [.. Directory.EnumerateFiles(Path.Combine(Shared.Repository, "docs", "notebooks"), "*.dib").Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Notebooks))]
    public void The_cells_of_a_notebook_compile(string name)
    {
        string[] lines = File.ReadAllLines(PathOf(name));
        string kind = "";
        var code = new List<string>();
        foreach (string line in lines)
        {
            if (line.StartsWith(Cell, StringComparison.Ordinal))
                kind = line[Cell.Length..];
            else if (kind == "csharp" && !line.StartsWith("#r ", StringComparison.Ordinal))
                code.Add(line);
        }
        Assert.NotEmpty(code);
        Assert.Empty(SnippetCompiler.Errors(name, $"```csharp\n{string.Join('\n', code)}\n```\n"));
    }

    [Theory, MemberData(nameof(Notebooks))]
    public async Task A_notebook_runs(string name)
    {
        string? tool = ((string?)Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools"))
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "dotnet-repl.exe" : "dotnet-repl"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, "dotnet-repl, which runs notebooks, is not installed.");
        Ended run = await ChildProcess.RunAsync(new ProcessStartInfo(tool!, ["--run", PathOf(name), "--exit-after-run"]));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private static string PathOf(string name) => Path.Combine(Shared.Repository, "docs", "notebooks", name);
}
