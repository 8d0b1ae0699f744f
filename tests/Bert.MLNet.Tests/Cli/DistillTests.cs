using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>distill</c>: a part of a checkpoint learns what the whole one computes.</summary>
[Collection(UsesTorch.Name)]
public sealed class DistillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Vectors_of_the_teacher_are_learnt_and_kept_for_a_second_run()
    {
        string teacher = new TinyCheckpoint { Layers = 3, Seed = "toy" }.Write(_folder["teacher"]);
        await File.WriteAllLinesAsync(
            _folder["texts.txt"], ToyLanguage.Texts(120, seed: 3).Select(row => row.Text), TestContext.Current.CancellationToken);
        string[] arguments =
        [
            "distill", "--teacher", teacher, "--layers", "0", "2", "--trim-vocabulary", "--dataset", _folder["texts.txt"], "--epochs", "3",
            "--learning-rate", "2e-3", "--output", _folder["out"], "--name", "small", "--resume", "--json",
        ];
        ToolRun run = await ToolRun.Of("", arguments);
        Assert.Equal((0, 1), (run.ExitCode, run.Lines.Length));
        Assert.InRange(run.Lines[0].GetProperty("metrics").GetProperty("MeanCosine").GetDouble(), 0.5, 1);
        Assert.Equal((96, 24), (run.Lines[0].GetProperty("metrics").GetProperty("Rows").GetInt32(),
            run.Lines[0].GetProperty("metrics").GetProperty("ValidationRows").GetInt32()));
        BertModel student = BertModel.FromPretrained(_folder["out", "small"]);
        Assert.Equal(2, student.Config.NumHiddenLayers);
        Assert.InRange(student.Config.VocabSize, 1, TinyCheckpoint.Vocabulary.Count - 10);

        // The vectors are read from the file, and the training is finished.
        byte[] vectors = await File.ReadAllBytesAsync(_folder["out", "small.teacher"], TestContext.Current.CancellationToken);
        ToolRun again = await ToolRun.Of("", arguments);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(vectors, await File.ReadAllBytesAsync(_folder["out", "small.teacher"], TestContext.Current.CancellationToken));
        Assert.Equal(student.ContentHash, BertModel.FromPretrained(_folder["out", "small"]).ContentHash);
    }

    [Fact]
    public async Task Predictions_of_the_teacher_are_learnt_with_labels()
    {
        string teacher = new TinyCheckpoint
        {
            Architecture = "BertForSequenceClassification", Layers = 3, Labels = ["bad", "good"], Seed = "toy",
        }.Write(_folder["teacher"]);
        await File.WriteAllLinesAsync(_folder["rows.tsv"],
        [
            "Label\tText", .. ToyLanguage.Texts(60, seed: 3).Select(row => $"{(row.Label == 0 ? "bad" : "good")}\t{row.Text}"),
        ], TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "distill", "--teacher", teacher, "--layers", "0", "1", "--dataset", _folder["rows.tsv"],
            "--label-col", "Label", "--temperature", "3", "--label-weight", "0.3", "--epochs", "1", "--output", _folder["out"], "--json");
        Assert.Equal((0, 1), (run.ExitCode, run.Lines.Length));
        Assert.InRange(run.Lines[0].GetProperty("metrics").GetProperty("MicroAccuracy").GetDouble(), 0, 1);
        Assert.Equal(2, BertModel.FromPretrained(_folder["out", "Distilled"]).Config.NumHiddenLayers);
        ToolRun predicted = await ToolRun.Of("", "predict", "--model", _folder["out", "Distilled.zip"], "--text", "it is good");
        Assert.Contains(Assert.Single(predicted.Lines).GetProperty("label").GetString(), (string[])["bad", "good"]);
    }

    [Theory]
    [InlineData("Specify the student with --model", "--epochs", "1")]
    [InlineData("--temperature is for labels", "--layers", "0", "--temperature", "3")]
    [InlineData("--squared-error is for vectors", "--layers", "0", "--label-col", "Label", "--squared-error")]
    [InlineData("--test-dataset requires --label-col", "--layers", "0", "--test-dataset", "x.txt")]
    [InlineData("--label-weight must be from 0 to 1", "--layers", "0", "--label-weight", "2")]
    public async Task Options_that_do_not_fit_are_named(string expected, params string[] arguments)
    {
        ToolRun run = await ToolRun.Of("", ["distill", "--teacher", "embedded", "--dataset", _folder["texts.txt"], .. arguments]);
        Assert.Equal(Bert.MLNet.Cli.ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
