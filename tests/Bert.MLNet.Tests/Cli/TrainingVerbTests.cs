using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Bert.MLNet.Tests.Cli.Reports;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary>From a table to a model file and its predictions, on texts whose label hangs on one word.</summary>
[Collection(UsesTorch.Name)]
public sealed class TrainingVerbTests : IDisposable
{
    private static readonly string[] s_names = ["bad", "good"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public TrainingVerbTests() => _model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fine-tune", "probability"), InlineData("few-shot", "distance")]
    public async Task Predictions_say_whether_a_text_has_one_of_the_labels(string method, string scope)
    {
        (string text, int label)[] validation = [.. ToyLanguage.Texts(40, seed: 9)];
        Write(_folder["train.tsv"], ToyLanguage.Texts(100, seed: 3));
        Write(_folder["validation.tsv"], validation);
        string[] arguments =
        [
            "text-classification", "--dataset", _folder["train.tsv"], "--validation-dataset", _folder["validation.tsv"], "--model", _model,
            "--label-col", "Label", "--text-col", "Text", "--epochs", "4", "--learning-rate", "4e-3", "--output", _folder["out"],
            "--in-scope-method", scope,
        ];
        ToolRun run = await ToolRun.Of("", [.. arguments, "--method", method, "--in-scope-rate", "0.75"]);
        Assert.True(run.ExitCode == 0, run.Error);
        string rows = string.Join('\n', validation.Select(row => JsonSerializer.Serialize(new { row.text })));
        ToolRun predicted = await ToolRun.Of(rows, "predict", "--model", _folder["out", "TextClassification.zip"]);
        Assert.InRange(predicted.Lines.Count(line => line.GetProperty("in_scope").GetBoolean()), 30, 31); // equal values count
        Assert.All(predicted.Lines, line => Assert.Equal(2, line.GetProperty("scores").EnumerateObject().Count()));
        string training = await File.ReadAllTextAsync(
            _folder["out", "TextClassification.training.cs"], TestContext.Current.CancellationToken);
        Assert.Contains("InScopeRate = 0.75,", training, StringComparison.Ordinal);
        Assert.Equal(scope == "distance", training.Contains("InScopeMethod = BertScopeMethod.Distance,", StringComparison.Ordinal));
        Assert.Contains("public bool IsInScope", await File.ReadAllTextAsync(
            _folder["out", "TextClassification.consumption.cs"], TestContext.Current.CancellationToken), StringComparison.Ordinal);

        foreach ((string named, string[] other) in new (string, string[])[]
        {
            ("--in-scope-method requires --in-scope-rate", []), ("requires --method", ["--in-scope-rate", "0.9", "--method", "embed"]),
            ("must be above 0", ["--in-scope-rate", "0"]),
        })
        {
            ToolRun refused = await ToolRun.Of("", [.. arguments, .. other]);
            Assert.Equal(Bert.MLNet.Cli.ExitCode.Usage, refused.ExitCode);
            Assert.Contains(named, refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("fine-tune", "tsv")]
    [InlineData("embed", "csv")]
    [InlineData("embed", "jsonl")]
    [InlineData("few-shot", "tsv")]
    public async Task A_classifier_is_learnt_measured_saved_and_asked(string method, string form)
    {
        (string text, int label)[] test = [.. ToyLanguage.Texts(40, seed: 9)];
        Write(_folder[$"train.{form}"], ToyLanguage.Texts(200, seed: 3));
        Write(_folder[$"test.{form}"], test);
        ToolRun run = await ToolRun.Of(
            "", "text-classification", "--dataset", _folder[$"train.{form}"], "--test-dataset", _folder[$"test.{form}"], "--label-col",
            "Label", "--text-col", "Text",
            "--model", _model, "--method", method, "--epochs", "8", "--learning-rate", "4e-3", "--output", _folder["out"], "--name", "toy");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        const string value = @"[01](\.\d{1,4})? ± 0(\.\d{1,4})?";
        Assert.Matches($@"MicroAccuracy: {value} \(majority {value}, n-grams {value}\)", run.Output);
        Assert.Contains($"Report: {_folder["out", "report.html"]}", run.Error, StringComparison.Ordinal);
        Assert.Contains($"Next: bert-mlnet predict --model {_folder["out", "toy.zip"]} --text '{test[0].text}'", run.Error,
            StringComparison.Ordinal);
        Assert.Contains("The metrics are computed on 40 rows", run.Error, StringComparison.Ordinal);
        Assert.Contains($"200 rows, {(form == "tsv" ? "tab-separated" : form == "csv" ? "comma-separated" : "JSON lines")}, with a " +
            "header, label 'Label', text 'Text'", run.Error);
        Assert.Equal(["report.html", "toy.consumption.cs", "toy.csproj", "toy.evaluate.cs", "toy.ipynb", "toy.mbconfig", "toy.metrics.json",
            "toy.program.cs", "toy.reader.cs", "toy.training.cs", "toy.webapi.cs", "toy.zip"],
            Directory.EnumerateFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        XElement report = ReportPage.Parse(
            await File.ReadAllTextAsync(_folder["out", "report.html"], TestContext.Current.CancellationToken));
        Assert.Contains("The metrics are computed on 40 rows", report.Value, StringComparison.Ordinal); // as on the console
        Assert.Equal(["bad", "good"], report.Rows("ngrams").Select(row => row[0]));
        Assert.Equal(method != "fine-tune",
            report.Descendants("figcaption").Any(caption => caption.Value.StartsWith("Learning curve", StringComparison.Ordinal)));
        Assert.Equal(["this model", "majority", "n-grams"], report.Rows("baselines").Select(row => row[0]));
        Assert.Equal(method != "embed", report.Sections().Contains("words")); // ML.NET's classifiers are not explained

        ToolRun predicted = await ToolRun.Of(
            string.Join('\n', test.Select((row, i) => JsonSerializer.Serialize(new { id = i, row.text }))), "predict", "--model",
            _folder["out", "toy.zip"]);
        Assert.Equal(Enumerable.Range(0, 40), predicted.Lines.Select(line => line.GetProperty("id").GetInt32()));
        Assert.All(predicted.Lines, line =>
        {
            (string Name, double Score)[] scores =
                [.. line.GetProperty("scores").EnumerateObject().Select(score => (score.Name, score.Value.GetDouble()))];
            Assert.Equal(1, scores.Sum(score => score.Score), 1e-5);
            Assert.Equal(scores.MaxBy(score => score.Score).Name, line.GetProperty("label").GetString());
        });
        double accuracy = predicted.Lines.Zip(test)
            .Count(pair => pair.First.GetProperty("label").GetString() == s_names[pair.Second.label]) / 40.0;
        Assert.InRange(accuracy, 0.7, 1);
        JsonElement metrics = JsonElement.Parse(
            await File.ReadAllTextAsync(_folder["out", "toy.metrics.json"], TestContext.Current.CancellationToken));
        Assert.Equal(accuracy, metrics.GetProperty("MicroAccuracy").GetDouble(), 1e-9);
        double Of(int label, Func<int, bool> was) =>
            predicted.Lines.Zip(test)
                .Count(pair => pair.Second.label == label && was(Array.IndexOf(s_names, pair.First.GetProperty("label").GetString())));
        Assert.Equal([Of(0, p => p == 0), Of(0, p => p == 1), Of(1, p => p == 0), Of(1, p => p == 1)],
            ToolRun.Numbers(metrics, "ConfusionMatrix"));
        Assert.Equal(Of(1, p => p == 1) / Of(1, _ => true), metrics.GetProperty("Classes")[1].GetProperty("Recall").GetDouble(), 1e-9);
        // Without epochs there is nothing that rows would have to be kept for.
        Assert.Equal((method == "fine-tune" ? 160 : 200, 40),
            (metrics.GetProperty("Rows").GetInt32(), metrics.GetProperty("TestRows").GetInt32()));

        // The model knows the columns that it was trained on.
        ToolRun fromTable = await ToolRun.Of(
            "", "predict", "--model", _folder["out", "toy.zip"], "--dataset", _folder[$"test.{form}"], "--quiet");
        Assert.Equal(predicted.Lines.Select(line => line.GetProperty("scores").GetRawText()),
            fromTable.Lines.Select(line => line.GetProperty("scores").GetRawText()));
        ToolRun evaluated = await ToolRun.Of("", "evaluate", "--model", _folder["out", "toy.zip"], "--dataset", _folder[$"test.{form}"]);
        Assert.Equal(accuracy, Assert.Single(evaluated.Lines).GetProperty("MicroAccuracy").GetDouble(), 1e-9);
        string piped = string.Join('\n', test.Select(row => JsonSerializer.Serialize(new { row.text, label = s_names[row.label] })));
        ToolRun intoFile = await ToolRun.Of(
            piped, "evaluate", "--model", _folder["out", "toy.zip"], "--dataset", "-", "--text-col", "text", "--label-col", "label",
            "--output", _folder["metrics.json"]);
        Assert.Equal((0, "", evaluated.Output),
            (intoFile.ExitCode, intoFile.Output,
            await File.ReadAllTextAsync(_folder["metrics.json"], TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("cross-encoder")]
    [InlineData("bi-encoder")]
    [InlineData("embed")]
    public async Task A_similarity_is_learnt_from_columns_by_number(string method)
    {
        string[] lines = [.. ToyLanguage.Texts(120, seed: 3)
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Text}\tthe good day\t{row.Label * 5}"))];
        await File.WriteAllLinesAsync(_folder["pairs.tsv"], lines, TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", "sentence-similarity", "--dataset", _folder["pairs.tsv"], "--sentence1-col", "0", "--sentence2-col", "1", "--label-col",
            "2",
            "--model", _model, "--method", method, "--epochs", "8", "--learning-rate", "4e-3", "--output", _folder["out"], "--quiet");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        ToolRun predicted = await ToolRun.Of("""
            {"id": "good", "text": "this day is great", "pair": "the good day"}
            {"id": "bad", "text": "this day is poor", "pair": "the good day"}
            """, "predict", "--model", _folder["out", "SentenceSimilarity.zip"]);
        double[] scores = [.. predicted.Lines.Select(line => line.GetProperty("score").GetDouble())];
        Assert.True(scores[0] > scores[1], $"{scores[0]} and {scores[1]}");
        JsonElement metrics = JsonElement.Parse(
            await File.ReadAllTextAsync(_folder["out", "SentenceSimilarity.metrics.json"], TestContext.Current.CancellationToken));
        Assert.InRange(metrics.GetProperty("PearsonCorrelation").GetDouble(), 0.4, 1);
        Assert.Equal(method == "bi-encoder",
            (await File.ReadAllTextAsync(_folder["out", "SentenceSimilarity.training.cs"], TestContext.Current.CancellationToken))
            .Contains("BiEncoder = true,", StringComparison.Ordinal));

        // The table has no header, and the model knows that, too: its rows are asked by their numbers.
        ToolRun asked = await ToolRun.Of(
            "", "predict", "--model", _folder["out", "SentenceSimilarity.zip"], "--dataset", _folder["pairs.tsv"], "--quiet");
        Assert.Equal(120, asked.Lines.Length);
        JsonElement evaluated = Assert.Single(
            (await ToolRun.Of("", "evaluate", "--model", _folder["out", "SentenceSimilarity.zip"], "--dataset", _folder["pairs.tsv"],
                "--quiet")).Lines);
        double[] labels = [.. lines.Select(line => double.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture))];
        Assert.Equal(Pearson(labels, [.. asked.Lines.Select(line => line.GetProperty("score").GetDouble())]),
            evaluated.GetProperty("PearsonCorrelation").GetDouble(), 1e-5);
    }

    [Theory]
    [InlineData("fine-tune")]
    [InlineData("embed")]
    public async Task A_similarity_is_told_beside_the_bare_cosine(string method)
    {
        (string A, string B, double Label)[] rows =
            [.. ToyLanguage.Texts(60, seed: 3)
                .Zip(ToyLanguage.Texts(60, seed: 4), (a, b) => (a.Text, b.Text, a.Label == b.Label ? 5.0 : 1))];
        await File.WriteAllLinesAsync(
            _folder["pairs.tsv"], ["A\tB\tScore", .. rows.Select(row => $"{row.A}\t{row.B}\t{row.Label}")],
            TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", "sentence-similarity", "--dataset", _folder["pairs.tsv"], "--test-dataset", _folder["pairs.tsv"], "--sentence1-col", "A",
            "--sentence2-col", "B", "--label-col", "Score",
            "--model", _model, "--method", method, "--epochs", "1", "--output", _folder["out"], "--quiet");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        ToolRun cosines = await ToolRun.Of(
            "", "similarity", "--model", _model, "--dataset", _folder["pairs.tsv"], "--text-col", "A", "--sentence2-col", "B", "--quiet");
        double expected = Pearson(
            [.. rows.Select(row => row.Label)], [.. cosines.Lines.Select(line => line.GetProperty("similarity").GetDouble())]);
        double told = JsonElement.Parse(
            await File.ReadAllTextAsync(_folder["out", "SentenceSimilarity.metrics.json"], TestContext.Current.CancellationToken))
                .GetProperty("CosinePearsonCorrelation").GetDouble();
        Assert.Equal(expected, told, 1e-5);
        Assert.Contains("CosinePearsonCorrelation: ", run.Output, StringComparison.Ordinal);
        XElement report = ReportPage.Parse(
            await File.ReadAllTextAsync(_folder["out", "report.html"], TestContext.Current.CancellationToken));
        Assert.Contains($"has a Pearson correlation of {told.ToString("F4", CultureInfo.InvariantCulture)}", report.Value,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// The embedded model and the data of this repository, on which trainers at ML.NET's defaults did worse than no training.
    /// </summary>
    [Fact]
    public async Task Vectors_of_few_rows_are_not_learnt_by_heart()
    {
        ToolRun reviews = await ToolRun.Of(
            "", "text-classification", "--dataset", Path.Combine(Shared.Repository, "data", "reviews.tsv"), "--test-dataset",
            Path.Combine(Shared.Repository, "data", "reviews.test.tsv"),
            "--method", "embed", "--output", _folder["out"], "--quiet");
        Assert.Equal((0, ""), (reviews.ExitCode, reviews.Error));
        Assert.InRange(Metric("TextClassification", "LogLossReduction"), 0.1, 1);
        ToolRun pairs = await ToolRun.Of(
            "", "sentence-similarity", "--dataset", Path.Combine(Shared.Repository, "data", "sentence-pairs.tsv"), "--sentence1-col",
            "Sentence1", "--sentence2-col", "Sentence2", "--label-col", "Similarity",
            "--split-ratio", "0.5", "--method", "embed", "--output", _folder["out"], "--quiet");
        Assert.Equal((0, ""), (pairs.ExitCode, pairs.Error));
        Assert.InRange(Metric("SentenceSimilarity", "PearsonCorrelation") - Metric("SentenceSimilarity", "CosinePearsonCorrelation"), -0.02,
            1);

        double Metric(string name, string metric) =>
            JsonElement.Parse(File.ReadAllText(_folder["out", name + ".metrics.json"])).GetProperty(metric).GetDouble();
    }

    [Fact]
    public async Task A_training_that_stops_early_says_when_and_why()
    {
        Write(_folder["train.tsv"], ToyLanguage.Texts(200, seed: 3));
        ToolRun run = await ToolRun.Of(
            "", "text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--model", _model,
            "--epochs", "60", "--batch-size", "4", "--learning-rate", "1e-3", "--patience", "1", "--output", _folder["out"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(
            @"Training stopped in epoch \d+, after \d+ updates: MicroAccuracy has not risen above \d\.\d{4}, that of epoch \d+, " +
            @"in 1 epoch \(EarlyStoppingPatience\)\.", run.Error);
        JsonElement metrics = JsonElement.Parse(
            await File.ReadAllTextAsync(_folder["out", "TextClassification.metrics.json"], TestContext.Current.CancellationToken));
        JsonElement last = metrics.GetProperty("Epochs").EnumerateArray().Last();
        Assert.InRange(last.GetProperty("Step").GetInt64(), 200, 2399); // 40 updates an epoch
        string reason = metrics.GetProperty("StopReason").GetString()!;
        Assert.Contains($"Training stopped in epoch {last.GetProperty("Epoch").GetInt32()}: {reason}.",
            ReportPage.Parse(await File.ReadAllTextAsync(_folder["out", "report.html"], TestContext.Current.CancellationToken)).Value,
            StringComparison.Ordinal);
        Assert.Contains("EarlyStoppingPatience = 1,",
            await File.ReadAllTextAsync(_folder["out", "TextClassification.training.cs"], TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_stands_before_the_texts_that_a_classifier_learns_and_predicts()
    {
        (string text, int label)[] rows = [.. ToyLanguage.Texts(40, seed: 3)];
        Write(_folder["bare.tsv"], rows);
        Write(_folder["prefixed.tsv"], rows.Select(row => ("very " + row.text, row.label)));
        string[] lines = [.. rows.Select(row => JsonSerializer.Serialize(new { row.text }))];
        await Train("bare", "--prompt", "very ");
        await Train("prefixed");
        ToolRun bare = await ToolRun.Of(string.Join('\n', lines), "predict", "--model", _folder["out", "bare.zip"]);
        ToolRun prefixed = await ToolRun.Of(
            string.Join('\n', rows.Select(row => JsonSerializer.Serialize(new { text = "very " + row.text }))), "predict", "--model",
            _folder["out", "prefixed.zip"]);
        Assert.Equal(prefixed.Output, bare.Output);
        ToolRun refused = await ToolRun.Of(
            "", "text-classification", "--dataset", _folder["bare.tsv"], "--text-col", "Text", "--model", _model, "--prompt", "very ",
            "--output", _folder["no"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--prompt and --prompt-name require --method embed", refused.Error, StringComparison.Ordinal);

        async Task Train(string name, params string[] options)
        {
            ToolRun run = await ToolRun.Of(
                "", ["text-classification", "--dataset", _folder[name + ".tsv"], "--text-col", "Text", "--model", _model, "--method",
                    "embed", "--output", _folder["out"], "--name", name, "--quiet", .. options]);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
        }
    }

    private static double Pearson(double[] x, double[] y)
    {
        (double meanX, double meanY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY))
            .Sum() / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }

    [Fact]
    public async Task Time_that_is_used_up_leaves_the_best_model_so_far()
    {
        Write(_folder["train.tsv"], ToyLanguage.Texts(60, seed: 3));
        ToolRun run = await ToolRun.Of(
            "", "text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--model", _model, "--epochs", "1000000",
            "--train-time", "3", "--output", _folder["out"]);
        Assert.Equal(0, run.ExitCode);
        using var model = (IDisposable)new MLContext().Model.Load(_folder["out", "TextClassification.zip"], out _);
    }

    [Theory]
    [InlineData("--text-col Review", 1, "has no column 'Review'; it has Text, Label.")]
    [InlineData("--text-col 7", 1, "has no column '7'")]
    [InlineData("--sentence2-col Label", 2, "Specify the column of first texts")]
    [InlineData("--text-col Text --epochs 0", 2, "--epochs must be at least 1.")]
    [InlineData("--text-col Text --batch-size -3", 2, "--batch-size must be at least 1.")]
    [InlineData("--text-col Text --train-time -1", 2, "--train-time must be at least 1.")]
    [InlineData("--text-col Text --learning-rate -0.5", 2, "--learning-rate must be a number above 0.")]
    [InlineData("--text-col Text --split-ratio 1", 2, "--split-ratio must be at least 0 and less than 1")]
    [InlineData("--text-col Text --name a/b", 2, "--name must be a file name")]
    [InlineData("--text-col Text --name a\u2028b", 2, "--name must be a file name")]
    [InlineData("--text-col Text --method magic", 2, "magic")]
    [InlineData("--text-col Text --patience -1", 2, "--patience must be a number of epochs")]
    [InlineData("--text-col Text --method embed --prompt-name query", 2,
        "has no prompt 'query'; it has no prompts. Use --prompt to pass any text.")]
    public async Task What_is_wrong_is_named_and_nothing_is_written(string options, int exitCode, string message)
    {
        Write(_folder["train.tsv"], ToyLanguage.Texts(20, seed: 3));
        ToolRun run = await ToolRun.Of(
            "", ["text-classification", "--dataset", _folder["train.tsv"], "--model", _model, "--output", _folder["out"],
                .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task A_label_that_is_no_number_is_named_with_its_row()
    {
        await File.WriteAllTextAsync(
            _folder["pairs.csv"], "A,B,Score\n\"a, \"\"b\"\"\nc\",d,1\ne,f,high\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", "sentence-similarity", "--dataset", _folder["pairs.csv"], "--sentence1-col", "A", "--sentence2-col", "B", "--label-col",
            "Score", "--model", _model);
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("Row 2 of '" + _folder["pairs.csv"] + "' has the label 'high', which is not a number.", run.Error);
    }

    private static void Write(string path, IEnumerable<(string Text, int Label)> rows) =>
        File.WriteAllLines(path, Path.GetExtension(path) switch
    {
        ".jsonl" => rows.Select(row => JsonSerializer.Serialize(new { row.Text, Label = s_names[row.Label] })),
        ".csv" => ["Text,Label", .. rows.Select(row => $"\"{row.Text}\",{s_names[row.Label]}")],
        _ => ["Text\tLabel", .. rows.Select(row => $"{row.Text}\t{s_names[row.Label]}")],
    });
}
