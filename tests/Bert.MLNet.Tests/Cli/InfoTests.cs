using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>info</c> on a folder and on a model file.</summary>
public sealed class InfoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_checkpoint_tells_its_shape_its_outputs_and_its_labels()
    {
        string model = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = ["no", "yes"] }.Write(_folder["judge"]);
        string[] lines = (await ToolRun.Of("", "info", model)).Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("name: judge", lines);
        Assert.Contains("hidden_size: 32", lines);
        Assert.Contains("num_hidden_layers: 2", lines);
        Assert.Contains("outputs: last_hidden_state, pooler_output, logits", lines);
        Assert.Contains("labels: no, yes", lines);
    }

    [Fact]
    public async Task Labels_are_told_of_a_head_that_has_labels_alone() =>
        Assert.DoesNotContain("labels:", (await ToolRun.Of("", "info", new TinyCheckpoint().Write(_folder["bare"]))).Output);

    [Fact]
    public async Task A_model_file_tells_its_columns_and_its_steps()
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new { Text = "a" }]);
        using (var model = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", new TinyCheckpoint().Load()).Fit(data))
            ml.Model.Save(model, data.Schema, _folder["model.zip"]);
        string[] lines = (await ToolRun.Of("", "info", _folder["model.zip"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["input: Text, String", "step: BertEmbeddingTransformer", "output: Features, Vector<Single, 32>"], lines);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("predict", "--text", "a", "--model")]
    [InlineData("evaluate", "--dataset", "a.tsv", "--model")]
    public async Task A_file_that_is_no_model_is_a_failure_that_names_it(params string[] arguments)
    {
        string file = _folder["model.zip"];
        await File.WriteAllTextAsync(file, "no zip", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", [.. arguments, file]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"'{file}' cannot be loaded: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", run.Error);
    }
}
