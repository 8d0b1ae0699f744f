using Bert.MLNet.Models;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>quantize</c>, and <c>info</c> on what it wrote.</summary>
public sealed class QuantizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_becomes_one_in_int8_that_info_tells_apart()
    {
        string model = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Write(_folder["model"]);
        ToolRun run = await ToolRun.Of("", "quantize", "--model", model, "--output", _folder["int8"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal(BertModel.FromPretrained(model).Quantize().ContentHash, BertModel.FromPretrained(_folder["int8"]).ContentHash);
        Assert.Contains("quantization: int8", (await ToolRun.Of("", "info", _folder["int8"])).Output);
        Assert.DoesNotContain("quantization", (await ToolRun.Of("", "info", model)).Output);
    }

    [Fact]
    public async Task Modules_can_be_kept_and_the_graph_be_written()
    {
        string model = new TinyCheckpoint().Write(_folder["model"]);
        await ToolRun.Of("", "quantize", "--model", model, "--output", _folder["kept"], "--modules-to-not-convert", "encoder.layer.0",
            "word_embeddings", "--reduce-range");
        BertWeights weights = BertModel.FromPretrained(_folder["kept"]).Weights!;
        Assert.False(weights.HasQuantized("encoder.layer.0.output.dense.weight"));
        Assert.False(weights.HasQuantized("embeddings.word_embeddings.weight"));
        Assert.True(weights.HasQuantized("encoder.layer.1.output.dense.weight"));
        Assert.Equal(64, weights["encoder.layer.1.output.dense.weight"].Bytes.ToArray().Max(value => Math.Abs((int)(sbyte)value)));

        await ToolRun.Of("", "quantize", "--model", model, "--output", _folder["graph"], "--onnx");
        Assert.True(File.Exists(_folder["graph", "onnx", "model_quantized.onnx"]));
        Assert.Contains("quantization: int8", (await ToolRun.Of("", "info", _folder["graph"])).Output);
    }

    [Fact]
    public async Task What_is_int8_already_is_a_failure_and_writes_nothing()
    {
        new TinyCheckpoint().Load().Quantize().SavePretrained(_folder["int8"]);
        ToolRun run = await ToolRun.Of("", "quantize", "--model", _folder["int8"], "--output", _folder["twice"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("already int8", run.Error);
        Assert.False(Directory.Exists(_folder["twice"]));
    }

    [Fact]
    public async Task A_model_file_with_an_int8_checkpoint_says_so()
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new { Text = "a" }]);
        using (var step = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", new TinyCheckpoint().Load().Quantize()).Fit(data))
            ml.Model.Save(step, data.Schema, _folder["model.zip"]);
        Assert.Contains("quantization: int8", (await ToolRun.Of("", "info", _folder["model.zip"])).Output);
    }
}
