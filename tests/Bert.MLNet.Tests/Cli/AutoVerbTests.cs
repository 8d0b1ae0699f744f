using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Tests.Cli.CodeGeneration;
using Bert.MLNet.Tests.Cli.Reports;
using Bert.MLNet.Tests.Experiments;
using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Cli;

/// <summary>The search for the best model, which verbs without a method begin, on a clock that only questions advance.</summary>
[Collection(UsesTorch.Name)]
public sealed class AutoVerbTests : IDisposable
{
    private readonly GeneratedProject _folder = new();

    private string Model => _folder["model"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_classifier_is_searched_for_told_saved_and_asked()
    {
        Write("train.tsv", 60, seed: 3);
        Write("test.tsv", 40, seed: 9);
        ToolRun run = await Search(
            "text-classification", "--dataset", _folder["train.tsv"], "--test-dataset", _folder["test.tsv"], "--text-col", "Text", "--name",
            "toy");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains("Without --method, the best model is searched for (--method auto)", run.Error, StringComparison.Ordinal);
        Assert.Contains("Searching for the best model for up to 60 seconds.", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"majority: MicroAccuracy 0\.\d{4} ± 0\.\d{4} \(baseline\)", run.Error);
        Assert.Matches(@"n-grams, SDCA: MicroAccuracy \d\.\d{4} ± \d\.\d{4} \(\d+\.\d s, \d+\.\d\d ms per prediction\)", run.Error);
        Assert.Contains("The search ended early because its time was ", run.Error, StringComparison.Ordinal);

        JsonElement metrics = JsonElement.Parse(
            await File.ReadAllTextAsync(_folder["out", "toy.metrics.json"], TestContext.Current.CancellationToken));
        Assert.Equal((60, 40), (metrics.GetProperty("Rows").GetInt32(), metrics.GetProperty("TestRows").GetInt32()));
        Assert.StartsWith("its time was ", metrics.GetProperty("StopReason").GetString(), StringComparison.Ordinal);
        JsonElement[] trials = [.. metrics.GetProperty("Trials").EnumerateArray()];
        Assert.Equal("majority", trials[0].GetProperty("Name").GetString());
        string best = metrics.GetProperty("BestTrial").GetString()!;
        Assert.Contains($"Best: {best}: MicroAccuracy", run.Error, StringComparison.Ordinal);
        Assert.Single(trials, trial => trial.GetProperty("Name").GetString() == best);

        XElement report = ReportPage.Parse(
            await File.ReadAllTextAsync(_folder["out", "report.html"], TestContext.Current.CancellationToken));
        Assert.Contains($"The best one is “{best}”.", report.Value, StringComparison.Ordinal);
        Assert.Contains("ms per prediction", report.Value, StringComparison.Ordinal);

        ToolRun evaluated = await ToolRun.Of("", "evaluate", "--model", _folder["out", "toy.zip"], "--dataset", _folder["test.tsv"]);
        Assert.Equal(metrics.GetProperty("MicroAccuracy").GetDouble(),
            Assert.Single(evaluated.Lines).GetProperty("MicroAccuracy").GetDouble(), 1e-9);
    }

    [Theory]
    [InlineData("text-classification", "--text-col A")]
    [InlineData("text-classification", "--sentence1-col A --sentence2-col B")]
    [InlineData("sentence-similarity", "--sentence1-col A --sentence2-col B")]
    public async Task Code_learns_what_the_search_found(string verb, string columns)
    {
        await File.WriteAllLinesAsync(
            _folder["train.csv"], ["A,B,Label", .. ToyLanguage.Texts(60, seed: 3).Select(row => $"{row.Text},the good day,{row.Label}")],
            TestContext.Current.CancellationToken);
        ToolRun run = await Search(
            [verb, "--dataset", _folder["train.csv"], "--test-dataset", _folder["train.csv"], "--name", "toy", .. columns.Split(' ')]);
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        _folder.TrainAgain("Toy_ConsoleApp.Toy", _folder["again.zip"], _folder["train.csv"]);
        await GeneratedProject.SameAnswers(
            string.Join('\n', ToyLanguage.Texts(20, seed: 4)
                .Select(row => JsonSerializer.Serialize(new { text = row.Text, pair = "the good day" }))), _folder["out", "toy.zip"],
                _folder["again.zip"]);
    }

    [Fact]
    public async Task EachModel_is_a_line_of_JSON()
    {
        Write("train.tsv", 60, seed: 3);
        ToolRun run = await Search(
            "text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--json", "--metric", "LogLoss");
        JsonElement[] told = [.. run.Error.Split('\n').Select(line => JsonElement.Parse(line))];
        JsonElement first = told.First(line => line.GetProperty("event").GetString() == "trial");
        Assert.Equal(("majority", true), (first.GetProperty("Name").GetString(), first.GetProperty("IsBaseline").GetBoolean()));
        double[] losses = [.. told.Where(line => line.GetProperty("event").GetString() == "trial" && line.TryGetProperty("LogLoss", out _))
            .Select(line => line.GetProperty("LogLoss").GetDouble())];
        string best = Assert.Single(run.Lines).GetProperty("metrics").GetProperty("BestTrial").GetString()!;
        JsonElement[] trials = [.. Assert.Single(run.Lines).GetProperty("metrics").GetProperty("Trials").EnumerateArray()];
        Assert.Equal(losses.Order(), trials.Where(trial => trial.TryGetProperty("LogLoss", out _))
            .Select(trial => trial.GetProperty("LogLoss").GetDouble()).Order());
        JsonElement chosen = trials.Single(trial => trial.GetProperty("Name").GetString() == best);
        Assert.InRange(chosen.GetProperty("LogLoss").GetDouble() - losses.Min(), 0, 2 * chosen.GetProperty("StandardError").GetDouble());
        // A fifth of the rows is left for testing.
        Assert.Equal((48, 12), (first.GetProperty("ValidationRows").GetInt32(),
            Assert.Single(run.Lines).GetProperty("metrics").GetProperty("TestRows").GetInt32()));
    }

    [Theory]
    [InlineData("--method auto --epochs 3", "--epochs requires another method than auto")]
    [InlineData("--method fine-tune --model other", "Several --model require --method auto.")]
    [InlineData("--fast", "--fast requires --method embed")]
    [InlineData("--method embed --metric LogLoss", "--metric requires --method auto")]
    [InlineData("--metric F1Score", "F1Score")]
    public async Task Options_of_other_methods_are_refused(string options, string message)
    {
        Write("train.tsv", 20, seed: 3);
        ToolRun run = await ToolRun.Of(
            "", ["text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--model", Model, "--output",
                _folder["out"], .. options.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_gets_a_table_with_the_bestModel_first()
    {
        using var error = new StringWriter();
        var streams = new ToolStreams(Stream.Null, Stream.Null, error, IsTerminal: true);
        using (var board = new LeaderboardDisplay(Tool.Create(streams).Parse("text-classification --dataset x"), streams))
        {
            board.Report(Run("first one", 0.5));
            board.Report(Run("better one", 0.7));
        }
        string table = error.ToString()[error.ToString().LastIndexOf("model", StringComparison.Ordinal)..];
        Assert.InRange(table.IndexOf("better one", StringComparison.Ordinal), 0, table.IndexOf("first one", StringComparison.Ordinal));
        Assert.Contains("0.7000", table, StringComparison.Ordinal);
    }

    private static BertRunDetail Run(string name, double metric) => new()
    {
        TrainerName = name,
        MetricName = "MicroAccuracy",
        IsHigherBetter = true,
        Metrics = new Dictionary<string, double> { ["MicroAccuracy"] = metric },
        StandardError = 0.01,
        ValidationRows = 10,
        RuntimeInSeconds = 1,
        MillisecondsPerPrediction = 2,
        IsBaseline = false,
        Exception = null,
    };

    private async Task<ToolRun> Search(params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var streams = new ToolStreams(Stream.Null, output, error) { Time = new ManualClock(TimeSpan.FromMilliseconds(150)) };
        int exitCode = await Tool.RunAsync([.. args, "--model", Model, "--train-time", "60", "--output", _folder["out"]], streams);
        return new ToolRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString().Trim());
    }

    private void Write(string file, int count, int seed) => File.WriteAllLines(
        _folder[file], ToyLanguage.Texts(count, seed).Select(row => $"{row.Text}\t{(row.Label == 0 ? "bad" : "good")}")
            .Prepend("Text\tLabel"));
}
