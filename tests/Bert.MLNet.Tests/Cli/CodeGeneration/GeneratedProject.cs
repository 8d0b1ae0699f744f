using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tests.Docs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>A folder in which the tool trains, and what is done with the project that it leaves there.</summary>
internal sealed class GeneratedProject : IDisposable
{
    // What a project of the SDK has by itself.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using " +
        "System.Threading; global using System.Threading.Tasks;";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public GeneratedProject() => _model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    public string this[params ReadOnlySpan<string> parts] => Path.Combine([_folder.Path, .. parts]);

    public async Task Train(params string[] options)
    {
        ToolRun run = await ToolRun.Of("", [options[0], "--model", _model, "--output", this["out"], "--quiet", .. options[1..]]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    /// <summary>Runs the method that trains, of code that this process compiles.</summary>
    public void TrainAgain(string type, string newModel, string data)
    {
        using var image = new MemoryStream();
        CSharpCompilation compilation =
            Compile(Directory.EnumerateFiles(this["out"], "*.cs").Select(file => (Path.GetFileName(file), File.ReadAllText(file))));
        Assert.Empty(Complaints(compilation));
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        Assembly.Load(image.ToArray()).GetType(type)!.GetMethod("Train")!.Invoke(null, [newModel, data]);
    }

    /// <summary>Both models say the same of lines.</summary>
    public static async Task SameAnswers(string lines, string model, string other)
    {
        ToolRun run = await ToolRun.Of(lines, "predict", "--model", model);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(run.Output, (await ToolRun.Of(lines, "predict", "--model", other)).Output);
    }

    /// <summary>Settings of a training that leave everything but the table out of account.</summary>
    public static TrainingSettings Settings(TableSource source) => new()
    {
        Model = "embedded", Embeds = false, Epochs = 1, BatchSize = 1, Seed = 1, ValidationFraction = 0, Source = source,
    };

    /// <summary>Projects of a classifier, of pairs, of entities and of answers, with texts that are hard to write as literals.</summary>
    /// <param name="name">The name of the files, which is also used as a text.</param>
    public static IEnumerable<CodeProject> OfEachTask(string name)
    {
        var settings = new TrainingSettings
        {
            Model = "org/name", Embeds = false, BatchSize = 8, Seed = 1, ValidationFraction = 0.25,
            Source = new TableSource("/data/x", SourceForm.Conll) { Columns = [("class", 2), ("Review \"text\"", 0), ("review text", 1)] },
        };
        ModelCode[] codes =
        [
            TextClassificationCode.Create(settings, "He said:\u2028\r\n\u0085\\", name), SentenceSimilarityCode.Create(settings, "a", "b"),
            EntityRecognitionCode.Create(settings, "a", ""), QuestionAnsweringCode.Create(settings, 3, "a", name),
        ];
        return codes.Select(code => new CodeProject(name, code, settings, LibraryReference.Parse("0.1.0")));
    }

    /// <summary>Compiles the console program, or the web API in its place.</summary>
    public static CSharpCompilation Compile(IEnumerable<(string Name, string Content)> files, bool isWebApi = false) =>
        CSharpCompilation.Create(
        $"Generated{Guid.NewGuid():N}",
        [.. files.Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal)
        && !file.Name.EndsWith(isWebApi ? ".program.cs" : ".webapi.cs", StringComparison.Ordinal)).Select(file => file.Content)
            .Prepend(ImplicitUsings).Select(code => CSharpSyntaxTree.ParseText(code))],
        SnippetCompiler.References.Value,
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Errors and warnings.</summary>
    public static IEnumerable<Diagnostic> Complaints(CSharpCompilation compilation) =>
        compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    /// <summary>The project that is built measures on a table what the tool measures on it.</summary>
    public async Task Measures(string name, string table, params string[] columns)
    {
        JsonElement expected = (await ToolRun.Of(
            "", ["evaluate", "--model", this["out", name + ".zip"], "--dataset", this[table], .. columns])).Lines.Single();
        string[] lines = Run(name + ".csproj", ["--no-build"], "--evaluate", this[table]);
        Assert.NotEmpty(lines);
        Assert.All(lines.Select(line => line.Split(": ")),
            metric => Assert.Equal(expected.GetProperty(metric[0]).GetDouble(), double.Parse(metric[1], CultureInfo.InvariantCulture),
            1e-6));
    }

    /// <summary>
    /// Builds the project as it is with the packages that this machine has and no source of others, runs it, and gives the lines of its
    /// output.
    /// </summary>
    public string[] Build(string project, params string[] arguments)
    {
        File.WriteAllText(this["nuget.config"], "<configuration><packageSources><clear /></packageSources></configuration>");
        return Run(project, [], arguments);
    }

    /// <summary>Runs the project in the tests' own configuration, for which the library is built already.</summary>
    private string[] Run(string project, string[] options, params string[] arguments)
    {
        string configuration = AppContext.BaseDirectory.Contains(
            $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        string output = ChildProcess.Run(
            ChildProcess.Sdk(Environment.CurrentDirectory,
                ["run", .. options, "-c", configuration, "--project", this["out", project], "--", .. arguments])).Successful;
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
