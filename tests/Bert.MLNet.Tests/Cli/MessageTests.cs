using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using Microsoft.ML;
using Spectre.Console;

namespace Bert.MLNet.Tests.Cli;

/// <summary>What is told, in which form, and what a signal leaves.</summary>
[Collection(UsesTorch.Name)]
public sealed class MessageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string[] _train;

    public MessageTests()
    {
        _model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);
        File.WriteAllLines(_folder["train.tsv"],
            ToyLanguage.Texts(200, seed: 3).Select(row => $"{row.Text}\t{(row.Label == 0 ? "bad" : "good")}").Prepend("Text\tLabel"));
        _train = ["text-classification", "--dataset", _folder["train.tsv"], "--model", _model, "--output", _folder["out"], "--name", "toy"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Progress_is_lines_nothing_or_JSON()
    {
        ToolRun plain = await ToolRun.Of("", [.. _train, "--epochs", "1"]);
        Assert.Matches(@"epoch 1, loss \d\.\d{4}, MicroAccuracy \d\.\d{4}, 100\s?%, \d+ rows/s, 00:00:00 left", plain.Error);
        Assert.Equal("", (await ToolRun.Of("", [.. _train, "--epochs", "1", "--quiet"])).Error);

        ToolRun json = await ToolRun.Of("", [.. _train, "--epochs", "1", "--json"]);
        JsonElement[] told = [.. json.Error.Split('\n').Select(line => JsonElement.Parse(line))];
        Assert.Equal("message", told[0].GetProperty("event").GetString());
        Assert.StartsWith("Next: bert-mlnet predict", told[^1].GetProperty("text").GetString(), StringComparison.Ordinal);
        JsonElement last = told.Last(line => line.GetProperty("event").GetString() == "progress");
        Assert.Equal((1, 1.0), (last.GetProperty("epoch").GetInt32(), last.GetProperty("done").GetDouble()));
        JsonElement result = Assert.Single(json.Lines);
        Assert.Equal(("result", _folder["out", "toy.zip"]),
            (result.GetProperty("event").GetString(), result.GetProperty("model").GetString()));
        Assert.Equal(last.GetProperty("MicroAccuracy").GetDouble(), result.GetProperty("metrics").GetProperty("MicroAccuracy").GetDouble(),
            1e-6);
    }

    [Fact]
    public async Task What_ends_a_training_is_told_where_no_epoch_is_validated()
    {
        ToolRun run = await ToolRun.Of("", [.. _train, "--epochs", "1", "--split-ratio", "0"]);
        Assert.Contains(run.Error.Split('\n'), line => Regex.IsMatch(line, @"^epoch 1, loss \d\.\d{4}, 100\s?%"));
    }

    [Fact]
    public void Joined_reports_have_the_mean_of_their_losses_and_their_common_rate()
    {
        var window = new ProgressWindow();
        window.Add(Report(7, 3.0, 1));
        TrainingProgress joined = window.Add(Report(8, 1.0, 0.5));
        Assert.Equal((2, 2.0, 2 / 3.0), (window.Updates, joined.Loss, joined.RowsPerSecond));
        window.Close();
        // an epoch that ends with no update untold
        Assert.Equal((0, 2.0), (window.Updates, window.Add(Report(8, 0, 0) with { Metric = 0.5 }).Loss));
        window.Close();
        Assert.Equal(4.0, window.Add(Report(9, 4.0, 10)).Loss);

        static TrainingProgress Report(long step, double loss, double rate) =>
            new()
            {
                Epoch = 1,
                Step = step,
                Done = 0.5,
                Loss = loss,
                LearningRate = 0,
                MetricName = "",
                RowsPerSecond = rate,
                EstimatedTimeRemaining = TimeSpan.Zero,
            };
    }

    [Theory]
    [InlineData("--quiet", "")]
    [InlineData("-v q", "")]
    [InlineData("--verbosity quiet", "")]
    [InlineData("--json", "{\"event\":\"message\",\"text\":\"8 tokens\"}")]
    [InlineData("-v m", "8 tokens")]
    public async Task All_verbs_tell_as_much_as_they_are_asked_to(string options, string told) => // 5 special tokens, a, b, ##b
        Assert.Equal(told, (await ToolRun.Of("ab", ["train-vocabulary", "-o", _folder["vocab.txt"], .. options.Split(' ')])).Error);

    [Fact]
    public async Task A_diagnosis_shows_where_an_error_comes_from() =>
        Assert.Contains("   at Bert.MLNet", (await ToolRun.Of("x", "tokenize", "--model", _model, "-v", "diag")).Error,
            StringComparison.Ordinal);

    [Fact]
    public async Task An_error_is_JSON_on_request()
    {
        ToolRun run = await ToolRun.Of("x", "tokenize", "--model", _model, "--json");
        JsonElement error = JsonElement.Parse(run.Error);
        Assert.Equal(("error", 1), (error.GetProperty("event").GetString(), error.GetProperty("exit_code").GetInt32()));
        Assert.StartsWith("Line 1 of standard input is not valid JSON", error.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_gets_a_bar_in_place_of_lines()
    {
        using var error = new StringWriter();
        using var output = new MemoryStream();
        Assert.Equal((0, ""), (await Tool.RunAsync(
            [.. _train, "--epochs", "2"], new ToolStreams(Stream.Null, output, error, IsTerminal: true)),
                error.ToString().Contains("rows/s, 00:00:00 left\nepoch", StringComparison.Ordinal) ? error.ToString() : ""));
    }

    [Fact]
    public void A_missing_libtorch_is_told_to_a_user_of_the_tool_who_has_no_project()
    {
        string message = ErrorText.Of(new MissingTorchException("win-x64", "torch_cpu.dll", namedFolder: null));
        Assert.Contains("Run 'bert-mlnet download libtorch', or set the environment variable LIBTORCH to a folder that contains it: " +
            "runtimes/win-x64/native", message, StringComparison.Ordinal);
        Assert.DoesNotContain("PackageReference", message, StringComparison.Ordinal);
        Assert.Contains("LIBTORCH is 'C:\\torch' now, and 'torch_cpu.dll' is not there.",
            ErrorText.Of(new MissingTorchException("win-x64", "torch_cpu.dll", "C:\\torch")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bar_shows_what_is_done_its_share_and_its_rate()
    {
        using var terminal = new Terminal();
        using (var bar = new ProgressBar(terminal, AnsiSupport.Yes))
        {
            await Patience.UntilAsync(() =>
            {
                bar.Show(new ProgressState("epoch [2]", 0.5, 12, "rows", TimeSpan.FromSeconds(61), []));
                return terminal.ToString().Contains("12 rows/s", StringComparison.Ordinal);
            });
        }
        Assert.Matches(@"epoch \[2\].*━.* 50%.*12 rows/s, 00:01:01 left", terminal.ToString());
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_best_model_so_far_and_no_other_file()
    {
        Signals.SkipWhereIgnored();
        using var process = new ToolProcess([.. _train, "--epochs", "1000000", "--resume"]);
        await process.WaitForAsync(() => Directory.Exists(_folder["out", "toy.checkpoints"])
            && Directory.EnumerateFileSystemEntries(_folder["out", "toy.checkpoints"]).Any());
        await process.SignalAsync("INT");
        ToolRun run = await process.EndAsync();
        Assert.Equal((0, _folder["out", "toy.zip"]), (run.ExitCode, run.Output.Split('\n')[0]));
        Assert.Equal(["report.html", "toy.checkpoints", "toy.consumption.cs", "toy.csproj", "toy.evaluate.cs", "toy.ipynb", "toy.mbconfig",
            "toy.metrics.json", "toy.program.cs", "toy.reader.cs", "toy.training.cs", "toy.webapi.cs", "toy.zip"],
            Directory.EnumerateFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var ml = new MLContext();
        using var model = (IDisposable)ml.Model.Load(_folder["out", "toy.zip"], out _);
        ToolRun predicted = await ToolRun.Of("", "predict", "--model", _folder["out", "toy.zip"], "--text", "great");
        Assert.Contains(Assert.Single(predicted.Lines).GetProperty("label").GetString(), (string[])["bad", "good"]);
    }

    /// <summary>What is drawn by another thread.</summary>
    private sealed class Terminal : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text)
                _text.Append(value);
        }

        public override string ToString()
        {
            lock (_text)
                return _text.ToString();
        }
    }
}
