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
            "Label\tText", .. ToyLanguage.Texts(240, seed: 3).Select(row => $"{(row.Label == 0 ? "bad" : "good")}\t{row.Text}"),
        ], TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "distill", "--teacher", teacher, "--layers", "0", "1", "--dataset", _folder["rows.tsv"],
            "--label-col", "Label", "--temperature", "3", "--label-weight", "0.3", "--epochs", "12", "--learning-rate", "4e-3",
            "--output", _folder["out"], "--json");
        Assert.Equal((0, 1), (run.ExitCode, run.Lines.Length));
        Assert.InRange(run.Lines[0].GetProperty("metrics").GetProperty("MicroAccuracy").GetDouble(), 0.9, 1);
        Assert.Equal(2, BertModel.FromPretrained(_folder["out", "Distilled"]).Config.NumHiddenLayers);
        ToolRun predicted = await ToolRun.Of("", "predict", "--model", _folder["out", "Distilled.zip"], "--text", "it is good");
        Assert.Contains(Assert.Single(predicted.Lines).GetProperty("label").GetString(), (string[])["bad", "good"]);
    }

    [Fact]
    public async Task Scores_of_pairs_are_learnt_from_a_cross_encoder()
    {
        string teacher = new TinyCheckpoint
        {
            Architecture = "BertForSequenceClassification", Layers = 3, Labels = ["relevance"], Seed = "toy",
        }.Write(_folder["teacher"]);
        await File.WriteAllLinesAsync(_folder["rows.tsv"],
        [
            "score\tfirst\tsecond", .. ToyLanguage.Texts(240, seed: 3).Zip(ToyLanguage.Texts(240, seed: 4)).Select(row =>
                $"{(row.First.Label == 1 ? 5 : 1)}\t{row.First.Text}\t{row.Second.Text}"),
        ], TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "distill", "--teacher", teacher, "--layers", "0", "1", "--dataset", _folder["rows.tsv"],
            "--label-col", "score", "--sentence1-col", "first", "--sentence2-col", "second", "--label-weight", "0.9", "--epochs", "12",
            "--learning-rate", "4e-3", "--output", _folder["out"], "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.InRange(run.Lines[0].GetProperty("metrics").GetProperty("PearsonCorrelation").GetDouble(), 0.8, 1);
        Assert.Equal(2, BertModel.FromPretrained(_folder["out", "Distilled"]).Config.NumHiddenLayers);
        ToolRun predicted = await ToolRun.Of(
            """{"text": "it is good", "pair": "so bad"}""", "predict", "--model", _folder["out", "Distilled.zip"]);
        Assert.True(Assert.Single(predicted.Lines).TryGetProperty("score", out _), predicted.Output);
    }

    [Fact]
    public async Task Labels_of_pairs_are_learnt()
    {
        string teacher = new TinyCheckpoint
        {
            Architecture = "BertForSequenceClassification", Layers = 3, Labels = ["bad", "good"], Seed = "toy",
        }.Write(_folder["teacher"]);
        await File.WriteAllLinesAsync(_folder["rows.tsv"],
        [
            "label\tfirst\tsecond", .. ToyLanguage.Texts(240, seed: 3).Zip(ToyLanguage.Texts(240, seed: 4)).Select(row =>
                $"{(row.First.Label == 1 ? "good" : "bad")}\t{row.First.Text}\t{row.Second.Text}"),
        ], TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "distill", "--teacher", teacher, "--layers", "0", "1", "--dataset", _folder["rows.tsv"],
            "--label-col", "label", "--sentence1-col", "first", "--sentence2-col", "second", "--label-weight", "0.9", "--epochs", "12",
            "--learning-rate", "4e-3", "--output", _folder["out"], "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.InRange(run.Lines[0].GetProperty("metrics").GetProperty("MicroAccuracy").GetDouble(), 0.9, 1);
        ToolRun predicted = await ToolRun.Of(
            """{"text": "it is good", "pair": "so bad"}""", "predict", "--model", _folder["out", "Distilled.zip"]);
        Assert.Contains(Assert.Single(predicted.Lines).GetProperty("label").GetString(), (string[])["bad", "good"]);
    }

    [Fact]
    public async Task Labels_of_words_are_learnt_and_the_model_finds_entities_in_texts()
    {
        string teacher = new TinyCheckpoint
        {
            Architecture = "BertForTokenClassification", Layers = 3, Labels = ["O", "I-PRICE", "B-PRICE"], Seed = "toy",
        }.Write(_folder["teacher"]);
        var random = new Random(3);
        await File.WriteAllLinesAsync(_folder["rows.conll"], Enumerable.Range(0, 120).SelectMany(_ => (string[])
        [
            "the O", "price O", "is O", .. random.Next(2) == 0 ? ["9 B-PRICE", "5 I-PRICE"] : new[] { "7 B-PRICE" }, "or O", "so O", "",
        ]), TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", "distill", "--teacher", teacher, "--layers", "0", "1", "--dataset", _folder["rows.conll"],
            "--label-weight", "0.9", "--epochs", "6", "--learning-rate", "3e-3", "--output", _folder["out"], "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.InRange(run.Lines[0].GetProperty("metrics").GetProperty("F1Score").GetDouble(), 0.9, 1);
        BertModel student = BertModel.FromPretrained(_folder["out", "Distilled"]);
        Assert.Equal(["O", "I-PRICE", "B-PRICE"], student.Config.LabelNames);
        ToolRun predicted = await ToolRun.Of("", "predict", "--model", _folder["out", "Distilled.zip"], "--text", "the price is 9 5 or so");
        var entity = Assert.Single(Assert.Single(predicted.Lines).GetProperty("entities").EnumerateArray());
        Assert.Equal(("9 5", "PRICE"), (entity.GetProperty("text").GetString(), entity.GetProperty("type").GetString()));

        foreach ((string named, string text, string type) in new[]
        {
            ("within a word", "the price is 9, or so", "PRICE"), ("the tag B-COST", "the price is 9 or so", "COST"),
        })
        {
            await File.WriteAllTextAsync(_folder["other.jsonl"], $$"""{"text": "{{text}}", "entities": [[13, 14, "{{type}}"]]}""",
                TestContext.Current.CancellationToken);
            ToolRun refused = await ToolRun.Of("", "distill", "--teacher", teacher, "--layers", "0", "--dataset", _folder["other.jsonl"],
                "--split-ratio", "0", "--output", _folder["other"]);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(named, refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--sentence2-col requires --label-col", "--layers", "0", "--sentence1-col", "a", "--sentence2-col", "b")]
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
