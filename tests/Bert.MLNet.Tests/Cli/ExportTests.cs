using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Tests.Docs;
using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>export</c>: a folder that predicts what the model.zip predicts, with a card that says what its metrics say.</summary>
[Collection(UsesTorch.Name)]
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_predicts_like_its_model_and_has_a_card_of_its_metrics()
    {
        await TrainAsync("fine-tune");
        ToolRun run = await ToolRun.Of(
            "", "export", "--model", _folder["out", "toy.zip"], "--output", _folder["checkpoint"], "--onnx", "--fp16");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        ToolRun predicted = await ToolRun.Of("", "predict", "--model", _folder["out", "toy.zip"], "--text", "this day is great");
        using (var classifier = BertModel.FromPretrained(_folder["checkpoint"]).CreateClassifier(topK: null))
        {
            JsonElement scores = Assert.Single(predicted.Lines).GetProperty("scores");
            IReadOnlyList<BertLabelScore> labels = classifier.Predict("this day is great");
            Assert.Equal(2, labels.Count);
            Assert.All(labels, label => Assert.Equal(scores.GetProperty(label.Label).GetDouble(), label.Score, 1e-5));
        }
        BertModel.FromPretrained(_folder["checkpoint"]).SaveOnnx(_folder["half.onnx"], BertOnnxPrecision.Float16);
        Assert.Equal(File.ReadAllBytes(_folder["half.onnx"]), File.ReadAllBytes(_folder["checkpoint", "onnx", "model.onnx"]));
        ToolRun alone = await ToolRun.Of(
            "", "export", "--model", _folder["out", "toy.zip"], "--output", _folder["checkpoint"], "--fp16");
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("--fp16 requires --onnx.", alone.Error, StringComparison.Ordinal);

        string card = await File.ReadAllTextAsync(_folder["checkpoint", "README.md"], TestContext.Current.CancellationToken);
        JsonElement metrics = JsonElement.Parse(
            await File.ReadAllTextAsync(_folder["out", "toy.metrics.json"], TestContext.Current.CancellationToken));
        double accuracy = metrics.GetProperty("MicroAccuracy").GetDouble();
        Assert.StartsWith(
            "---\nlibrary_name: transformers\npipeline_tag: text-classification\nmodel-index:\n", card,
            StringComparison.Ordinal);
        Assert.Contains(
            $"    - type: accuracy\n      name: Accuracy\n      value: {accuracy.ToString(CultureInfo.InvariantCulture)}\n", card,
            StringComparison.Ordinal);
        Assert.Contains("| | this model | majority | n-grams |", card, StringComparison.Ordinal);
        Assert.Contains($"| MicroAccuracy | {accuracy.ToString("F4", CultureInfo.InvariantCulture)} ± ", card, StringComparison.Ordinal);
        Assert.Contains("`bad`, `good`", card, StringComparison.Ordinal);
        Assert.Contains("bert-mlnet text-classification --dataset ", card, StringComparison.Ordinal);
        Assert.DoesNotContain("base_model", card, StringComparison.Ordinal); // it is a folder of this machine
    }

    [Fact]
    public async Task A_model_without_a_trained_checkpoint_is_refused()
    {
        await TrainAsync("embed");
        ToolRun run = await ToolRun.Of("", "export", "--model", _folder["out", "toy.zip"], "--output", _folder["checkpoint"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "is an ML.NET trainer on vectors or n-grams, for which HuggingFace has no format.", run.Error,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["checkpoint"]));
    }

    [Theory]
    [InlineData("text-classification", "fine-tune", false), InlineData("text-classification", "fine-tune", true)]
    [InlineData("text-classification", "few-shot", false), InlineData("named-entity-recognition", "fine-tune", false)]
    [InlineData("question-answering", "fine-tune", true), InlineData("sentence-similarity", "bi-encoder", true)]
    [InlineData("sentence-similarity", "cross-encoder", true)]
    public void The_code_of_a_card_compiles(string verb, string method, bool isPair) =>
        Assert.Empty(SnippetCompiler.Errors(verb, $"```csharp\n{CardTask.Of(verb, method, isPair)!.CSharp}\n```\n"));

    private async Task TrainAsync(string method)
    {
        string model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);
        await File.WriteAllLinesAsync(
            _folder["train.tsv"],
            ["Text\tLabel", .. ToyLanguage.Texts(60, seed: 3).Select(row => $"{row.Text}\t{(row.Label == 0 ? "bad" : "good")}")],
            TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(
            "", "text-classification", "--dataset", _folder["train.tsv"], "--text-col", "Text", "--model", model, "--method", method,
            "--epochs", "2", "--output", _folder["out"], "--name", "toy");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
    }
}
