using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tests.Docs;
using Bert.MLNet.Tests.Training;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>The project beside a trained model compiles, builds, runs, predicts what the tool predicts, and trains the same model.</summary>
[Collection(UsesTorch.Name)]
public sealed class CodeProjectTests : IDisposable
{
    // What a project of the SDK has by itself.
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public CodeProjectTests() => _model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => ["reviews", "my model-2", "3", "Console", "ModelInput", "System", "Reviews", "class", "Größe", "a;b%20'c"];

    [Theory, MemberData(nameof(Names))]
    public void Code_compiles_whatever_the_names_are(string name)
    {
        foreach (char? separator in new char?[] { '\t', ',', null })
        {
            foreach (bool embeds in new[] { true, false })
            {
                var source = new TableSource("/data/\"odd\"\u2028 {name}\\.x", separator, true, [("class", 2), ("Review \"text\"", 0), ("review text", 1)]);
                var settings = new TrainingSettings { Model = "org/name", Embeds = embeds, Epochs = 3, BatchSize = 8, LearningRate = 2e-5, Seed = 1, ValidationFraction = 0.25, Source = source, Validation = separator is null ? source : null };
                foreach (ModelCode code in new[] { TextClassificationCode.Create(settings, "He said: \"{0}\"\r\n\u0085\\", name), SentenceSimilarityCode.Create(settings, "a", "b") })
                    Assert.Empty(Compile(new CodeProject(name, code, settings, LibraryReference.Parse("0.1.0")).Files(new Dictionary<string, double>())).GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
            }
        }
    }

    [Fact]
    public async Task A_classifiers_project_builds_runs_and_predicts_and_measures_as_the_tool()
    {
        File.WriteAllLines(_folder["train.tsv"], ["Text\tLabel", .. ToyLanguage.Texts(80, seed: 3).Select(row => $"{row.Text}\t{(row.Label == 0 ? "bad" : "good")}")]);
        await Train("text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--name", "my reviews", "--method", "fine-tune", "--epochs", "2");
        JsonElement expected = (await ToolRun.Of("", "predict", "--model", _folder["out", "my reviews.zip"], "--text", "it is \"great\", he said")).Lines.Single();
        string[] lines = Build("my reviews.csproj", "it is \"great\", he said");
        Assert.Equal("Text: it is \"great\", he said", lines[0]);
        Assert.Equal($"PredictedLabel: {expected.GetProperty("label").GetString()}", lines[1]);
        Assert.Equal(
            expected.GetProperty("scores").EnumerateObject().OrderByDescending(score => score.Value.GetSingle()).Select(score => (score.Name, score.Value.GetSingle())),
            lines[2..].Select(line => line.Split(": ")).Select(parts => (parts[0], float.Parse(parts[1], CultureInfo.InvariantCulture))));
        // What predicts and measures takes no libtorch.
        Assert.Empty(Directory.EnumerateFiles(_folder["out"], "*torch_cpu*", SearchOption.AllDirectories));
        await Measures("my reviews", "train.tsv", "--text-col", "Text");
    }

    [Fact]
    public async Task A_project_of_pairs_builds_runs_and_predicts_and_measures_as_the_tool()
    {
        File.WriteAllLines(_folder["pairs.csv"], ["A,Second text,Score", .. ToyLanguage.Texts(80, seed: 3).Select(row => string.Create(CultureInfo.InvariantCulture, $"\"{row.Text}, so\",the good day,{row.Label * 5}"))]);
        await Train("sentence-similarity", "--dataset", _folder["pairs.csv"], "--sentence1-col", "A", "--sentence2-col", "Second text", "--label-col", "Score", "--name", "pairs", "--method", "embed");
        JsonElement expected = (await ToolRun.Of("", "predict", "--model", _folder["out", "pairs.zip"], "--text", "this day is great", "--pair", "a poor day")).Lines.Single();
        string[] lines = Build("pairs.csproj", "this day is great", "a poor day");
        Assert.Equal(["A: this day is great", "SecondText: a poor day"], lines[..2]);
        Assert.Equal(expected.GetProperty("score").GetSingle(), float.Parse(lines[2].Split(": ")[1], CultureInfo.InvariantCulture));
        await Measures("pairs", "pairs.csv", "--sentence1-col", "A", "--sentence2-col", "Second text", "--label-col", "Score");
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public async Task Code_trains_the_model_that_the_tool_trained(string form)
    {
        (string Text, string Label)[] rows = [.. ToyLanguage.Texts(60, seed: 3).Select(row => (row.Text, row.Label == 0 ? "bad" : "good"))];
        File.WriteAllLines(_folder["train." + form], form switch
        {
            "jsonl" => rows.Select(row => JsonSerializer.Serialize(new { row.Text, row.Label })),
            "csv" => ["Text,Label", .. rows.Select(row => $"\"{row.Text}\",{row.Label}")],
            _ => ["Text\tLabel", .. rows.Select(row => $"{row.Text}\t{row.Label}")],
        });
        await Train("text-classification", "--dataset", _folder["train." + form], "--text-col", "Text", "--name", "toy", "--method", "fine-tune", "--epochs", "2");
        using var image = new MemoryStream();
        Assert.True(Compile(Directory.EnumerateFiles(_folder["out"], "*.cs").Select(file => (Path.GetFileName(file), File.ReadAllText(file)))).Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        MethodInfo train = Assembly.Load(image.ToArray()).GetType("Toy_ConsoleApp.Toy")!.GetMethod("Train")!;
        train.Invoke(null, [_folder["again.zip"], _folder["train." + form]]);
        string texts = string.Join('\n', rows.Take(20).Select(row => JsonSerializer.Serialize(new { text = row.Text })));
        Assert.Equal(
            (await ToolRun.Of(texts, "predict", "--model", _folder["out", "toy.zip"])).Output,
            (await ToolRun.Of(texts, "predict", "--model", _folder["again.zip"])).Output);
    }

    [Fact]
    public void A_tool_outside_a_clone_names_the_package_in_its_own_version()
    {
        string project = ProjectFile.Create("x", "X_ConsoleApp", new LibraryReference(null, "1.2.3"));
        Assert.Contains("<PackageReference Include=\"Bert.MLNet\" Version=\"1.2.3\" />", project);
        Assert.Contains($"libtorch-cpu-linux-x64\" Version=\"{ProjectFile.LibTorchVersion}\"", project);
        Assert.Contains($"Include=\"libtorch-cpu-linux-x64\" Version=\"{ProjectFile.LibTorchVersion}\"", File.ReadAllText(Path.Combine(Shared.Repository, "Directory.Packages.props")));
    }

    private async Task Train(params string[] options)
    {
        ToolRun run = await ToolRun.Of("", [options[0], "--model", _model, "--output", _folder["out"], "--quiet", .. options[1..]]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private static CSharpCompilation Compile(IEnumerable<(string Name, string Content)> files) => CSharpCompilation.Create(
        $"Generated{Guid.NewGuid():N}", [.. files.Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal)).Select(file => file.Content).Prepend(ImplicitUsings).Select(code => CSharpSyntaxTree.ParseText(code))],
        SnippetCompiler.References.Value, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The project that is built measures on a table what the tool measures on it.</summary>
    private async Task Measures(string name, string table, params string[] columns)
    {
        JsonElement expected = (await ToolRun.Of("", ["evaluate", "--model", _folder["out", name + ".zip"], "--dataset", _folder[table], .. columns])).Lines.Single();
        string[] lines = Run(name + ".csproj", ["--no-build"], "--evaluate", _folder[table]);
        Assert.NotEmpty(lines);
        Assert.All(lines.Select(line => line.Split(": ")), metric => Assert.Equal(expected.GetProperty(metric[0]).GetDouble(), double.Parse(metric[1], CultureInfo.InvariantCulture), 1e-6));
    }

    /// <summary>Builds the project as it is with the packages that this machine has and no source of others, runs it, and gives the lines of its output.</summary>
    private string[] Build(string project, params string[] arguments)
    {
        File.WriteAllText(_folder["nuget.config"], "<configuration><packageSources><clear /></packageSources></configuration>");
        return Run(project, [], arguments);
    }

    /// <summary>Runs the project in the tests' own configuration, for which the library is built already.</summary>
    private string[] Run(string project, string[] options, params string[] arguments)
    {
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        var start = new ProcessStartInfo("dotnet", ["run", .. options, "-c", configuration, "--project", _folder["out", project], "--", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A build server that outlives the build would keep the pipes open.
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" },
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
