using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tests.Training;
using Parquet.Serialization;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>
/// The project beside a trained model compiles, builds, runs, predicts what the tool predicts, and trains the same model.
/// </summary>
[Collection(UsesTorch.Name)]
public sealed class CodeProjectTests : IDisposable
{
    private readonly GeneratedProject _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names =>
        ["reviews", "my model-2", "3", "Console", "ModelInput", "System", "Reviews", "class", "Größe", "a;b%20'c"];

    [Theory, MemberData(nameof(Names))]
    public void Code_compiles_whatever_the_names_are(string name)
    {
        foreach (SourceForm form in Enum.GetValues<SourceForm>())
        {
            foreach (bool embeds in new[] { true, false })
            {
                foreach (char? separator in form == SourceForm.Separated ? new char?[] { '\t', ',' } : [null])
                {
                    var source = new TableSource($"/data/\"odd\"\u2028 {name}\\.x", form)
                    {
                        Separator = separator,
                        HasHeader = true,
                        Labels = embeds ? 1 : 2,
                        Columns = [("class", 2), ("Review \"text\"", 0), ("review text", 1)],
                    };
                    string sample = "He said: \"{0}\"\r\n\u0085\\";
                    var settings = new TrainingSettings
                    {
                        Model = "org/name", Embeds = embeds, IsFewShot = !embeds && separator is null, Prompt = embeds ? sample : null,
                        Rows = 7, Patience = embeds ? 2 : null, Epochs = 3, BatchSize = 8, LearningRate = 2e-5, Seed = 1,
                        ValidationFraction = 0.25, Source = source, Validation = separator is null ? source : null,
                    };
                    ModelCode[] codes = form is SourceForm.Conll or SourceForm.Squad
                        ? []
                        : [TextClassificationCode.Create(settings, sample, name), SentenceSimilarityCode.Create(settings, "a", "b")];
                    if (!embeds)
                        codes = [.. codes, .. form == SourceForm.Squad ? [] : new[] { EntityRecognitionCode.Create(settings, sample, "") },
                            .. form == SourceForm.Conll ? [] : new[] { QuestionAnsweringCode.Create(settings, 3, sample, name) }];
                    foreach (ModelCode code in codes)
                    {
                        (string Name, string Content)[] files =
                            [.. new CodeProject(name, code, settings, LibraryReference.Parse("0.1.0"))
                                .Files(new Dictionary<string, double>())];
                        Assert.Empty(GeneratedProject.Complaints(GeneratedProject.Compile(files)));
                        JsonElement config = JsonElement.Parse(files.Single(file => file.Name == name + ".mbconfig").Content);
                        Assert.Equal(code.Scenario, config.GetProperty("Scenario").GetString());
                        Assert.Equal(source.Columns.Select((_, i) => i < source.Labels ? "Label" : "Feature"),
                            config.GetProperty("DataSource").GetProperty("ColumnProperties").EnumerateArray()
                            .Select(column => column.GetProperty("ColumnPurpose").GetString()));
                    }
                }
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_web_API_compiles_whatever_the_names_are(string name)
    {
        foreach (CodeProject project in GeneratedProject.OfEachTask(name))
        {
            Assert.Empty(GeneratedProject.Complaints(
                GeneratedProject.Compile(project.Files(new Dictionary<string, double>()), isWebApi: true)));
        }
    }

    [Fact]
    public async Task A_classifiers_project_builds_runs_and_predicts_and_measures_as_the_tool()
    {
        File.WriteAllLines(_folder["train.tsv"],
            ["Text\tLabel", .. ToyLanguage.Texts(80, seed: 3).Select(row => $"{row.Text}\t{(row.Label == 0 ? "bad" : "good")}")]);
        await _folder.Train("text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--name", "my reviews",
            "--method", "fine-tune", "--epochs", "2");
        JsonElement expected = (await ToolRun.Of(
            "", "predict", "--model", _folder["out", "my reviews.zip"], "--text", "it is \"great\", he said")).Lines.Single();
        string[] lines = _folder.Build("my reviews.csproj", "it is \"great\", he said");
        Assert.Equal("Text: it is \"great\", he said", lines[0]);
        Assert.Equal($"PredictedLabel: {expected.GetProperty("label").GetString()}", lines[1]);
        Assert.Equal(
            expected.GetProperty("scores").EnumerateObject().OrderByDescending(score => score.Value.GetSingle())
                .Select(score => (score.Name, score.Value.GetSingle())),
            lines[2..].Select(line => line.Split(": ")).Select(parts => (parts[0], float.Parse(parts[1], CultureInfo.InvariantCulture))));
        // What predicts and measures takes no libtorch.
        Assert.Empty(Directory.EnumerateFiles(_folder["out"], "*torch_cpu*", SearchOption.AllDirectories));
        await _folder.Measures("my reviews", "train.tsv", "--text-col", "Text");
    }

    [Fact]
    public async Task A_project_of_pairs_builds_runs_and_predicts_and_measures_as_the_tool()
    {
        File.WriteAllLines(_folder["pairs.csv"],
            ["A,Second text,Score", .. ToyLanguage.Texts(80, seed: 3)
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"\"{row.Text}, so\",the good day,{row.Label * 5}"))]);
        await _folder.Train("sentence-similarity", "--dataset", _folder["pairs.csv"], "--sentence1-col", "A", "--sentence2-col",
            "Second text", "--label-col", "Score", "--name", "pairs", "--method", "embed");
        JsonElement expected = (await ToolRun.Of(
            "", "predict", "--model", _folder["out", "pairs.zip"], "--text", "this day is great", "--pair", "a poor day")).Lines.Single();
        string[] lines = _folder.Build("pairs.csproj", "this day is great", "a poor day");
        Assert.Equal(["A: this day is great", "SecondText: a poor day"], lines[..2]);
        Assert.Equal(expected.GetProperty("score").GetSingle(), float.Parse(lines[2].Split(": ")[1], CultureInfo.InvariantCulture));
        await _folder.Measures("pairs", "pairs.csv", "--sentence1-col", "A", "--sentence2-col", "Second text", "--label-col", "Score");
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("parquet")]
    public async Task Code_trains_the_model_that_the_tool_trained(string form)
    {
        (string Text, string Label)[] rows = [.. ToyLanguage.Texts(60, seed: 3).Select(row => (row.Text, row.Label == 0 ? "bad" : "good"))];
        if (form == "parquet")
            await ParquetSerializer.SerializeAsync(
                rows.Select(row => new Labelled { Text = row.Text, Label = row.Label }), _folder["train.parquet"],
                cancellationToken: TestContext.Current.CancellationToken);
        else
        {
            File.WriteAllLines(_folder["train." + form], form switch
            {
                "jsonl" => rows.Select(row => JsonSerializer.Serialize(new { row.Text, row.Label })),
                "csv" => ["Text,Label", .. rows.Select(row => $"\"{row.Text}\",{row.Label}")],
                _ => ["Text\tLabel", .. rows.Select(row => $"{row.Text}\t{row.Label}")],
            });
        }
        await _folder.Train("text-classification", "--dataset", _folder["train." + form], "--text-col", "Text", "--name", "toy", "--method",
            "fine-tune", "--epochs", "2");
        _folder.TrainAgain("Toy_ConsoleApp.Toy", _folder["again.zip"], _folder["train." + form]);
        await GeneratedProject.SameAnswers(
            string.Join('\n', rows.Take(20).Select(row => JsonSerializer.Serialize(new { text = row.Text }))), _folder["out", "toy.zip"],
            _folder["again.zip"]);
    }

    [Theory]
    [InlineData("text-classification", "--text-col A")]
    [InlineData("text-classification", "--sentence1-col A --sentence2-col B --prompt good")]
    [InlineData("sentence-similarity", "--sentence1-col A --sentence2-col B")]
    [InlineData("text-classification", "--text-col A --fast")]
    public async Task Code_learns_from_vectors_what_the_tool_learnt_from_all_rows(string verb, string columns)
    {
        File.WriteAllLines(_folder["train.csv"],
            ["A,B,Label", .. ToyLanguage.Texts(60, seed: 3).Select(row => $"{row.Text},the good day,{row.Label}")]);
        await _folder.Train([verb, "--dataset", _folder["train.csv"], "--test-dataset", _folder["train.csv"], "--name", "toy", "--method",
            "embed", .. columns.Split(' ')]);
        _folder.TrainAgain("Toy_ConsoleApp.Toy", _folder["again.zip"], _folder["train.csv"]);
        await GeneratedProject.SameAnswers(
            string.Join('\n', ToyLanguage.Texts(20, seed: 4)
                .Select(row => JsonSerializer.Serialize(new { text = row.Text, pair = "a poor day" }))), _folder["out", "toy.zip"],
                _folder["again.zip"]);
    }

    [Fact]
    public void A_tool_outside_a_clone_names_the_package_in_its_own_version()
    {
        string project = ProjectFile.Create("x", "X_ConsoleApp", new LibraryReference(null, "1.2.3"));
        Assert.Contains("<PackageReference Include=\"Bert.MLNet\" Version=\"1.2.3\" />", project);
        Assert.Contains($"libtorch-cpu-linux-x64\" Version=\"{ProjectFile.LibTorchVersion}\"", project);
        string versions = File.ReadAllText(Path.Combine(Shared.Repository, "Directory.Packages.props"));
        Assert.Contains($"Include=\"libtorch-cpu-linux-x64\" Version=\"{ProjectFile.LibTorchVersion}\"", versions);
        Assert.Contains($"Include=\"Parquet.Net\" Version=\"{DataLoading.ParquetVersion}\"", versions);
        Assert.Contains($"Include=\"CsvHelper\" Version=\"{DataLoading.CsvHelperVersion}\"", versions);
    }

    private sealed class Labelled
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
