using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Encoders;

public sealed class EncoderDeviceTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly BertModel _model = new TinyCheckpoint().Load();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cpu", "cpu"), InlineData("cuda", "cuda:0"), InlineData("cuda:0", "cuda:0"), InlineData("cuda:12", "cuda:12")]
    public void Names_are_those_of_torch(string name, string same)
    {
        Assert.True(ComputeDevice.TryParse(name, out ComputeDevice? device));
        Assert.Equal(same, $"{device}");
    }

    [Theory]
    [InlineData(""), InlineData("CPU"), InlineData("gpu"), InlineData("cuda:"), InlineData("cuda:-1"), InlineData("cuda: 1"),
        InlineData("cuda:1.5")]
    public void Other_names_are_refused(string name)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Embedding(new() { Device = name }));
        Assert.Equal("Device", error.ParamName);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'cuda:n'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_without_the_provider_is_told_which_package_to_reference()
    {
        SkipWhereGpusCompute();
        string message = Assert.Throws<InvalidOperationException>(() => Embedding(new() { Device = "cuda:1" })).Message;
        Assert.Contains("Device is 'cuda:1'", message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", message, StringComparison.Ordinal);
        Assert.Contains("FallbackToCpu", message, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(
            () => _model.CreateEmbedder(new BertEmbeddingOptions { Device = "cuda:1" })).Message);
        Assert.Throws<InvalidOperationException>(() => _ml.Transforms.Text.ApplyBertFillMask(new BertFillMaskEstimator.Options
        {
            Model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load(), Device = "cuda",
        }));
    }

    [Fact]
    public void The_processor_computes_the_same_where_it_may_stand_in()
    {
        SkipWhereGpusCompute();
        float[][] expected = Vectors(Embedding(new()));
        Assert.Equal(expected, Vectors(Embedding(new() { Device = "cuda", FallbackToCpu = true })));
        Assert.Equal(expected, Vectors(Embedding(new() { Device = "cpu" })));
    }

    [Fact]
    public void A_saved_step_computes_on_the_device_of_the_context_that_loads_it()
    {
        SkipWhereGpusCompute();
        IDataView data = Data;
        ITransformer fitted = Embedding(new() { Device = "cuda", FallbackToCpu = true }).Fit(data);
        string path = _folder["model.zip"];
        _ml.Model.Save(fitted, data.Schema, path);

        Assert.Equal(Vectors(fitted), Vectors(_ml.Model.Load(path, out _)));
        Assert.Equal(Vectors(fitted), Vectors(new MLContext { GpuDeviceId = 0, FallbackToCpu = true }.Model.Load(path, out _)));
        Exception error = Assert.ThrowsAny<Exception>(
            () => new MLContext { GpuDeviceId = 3, FallbackToCpu = false }.Model.Load(path, out _));
        Assert.Contains("'cuda:3'", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_on_a_device_is_one_instance_with_the_same_content()
    {
        var device = new ComputeDevice(1);
        BertModel there = _model.On(device);
        Assert.NotSame(_model, there);
        Assert.Same(there, _model.On(new ComputeDevice(1)));
        Assert.Same(there, there.On(device));
        Assert.Same(_model, _model.On(ComputeDevice.Processor));
        Assert.Same(_model.Weights, there.Weights);
        Assert.Equal((ComputeDevice.Processor, device), (_model.Device, there.Device));
    }

    [Fact]
    public void Batches_are_large_on_a_gpu_unless_options_say_otherwise()
    {
        var gpu = new ComputeDevice(0);
        BertBatchOptions filled = EncoderDevice.Fill(new(), gpu);
        Assert.Equal((16_384, 2), (filled.Tokens, filled.Threads));
        filled = EncoderDevice.Fill(new() { TokenBudget = 77, NumberOfThreads = 5 }, gpu);
        Assert.Equal((77, 5), (filled.Tokens, filled.Threads));
        filled = EncoderDevice.Fill(new(), ComputeDevice.Processor);
        Assert.Equal((256, Environment.ProcessorCount), (filled.Tokens, filled.Threads));
    }

    private IDataView Data => _ml.Data.LoadFromEnumerable([new { Text = "a good film" }, new { Text = "the price" }, new { Text = "" }]);

    private BertEmbeddingEstimator Embedding(BertEmbeddingEstimator.Options options) =>
        _ml.Transforms.Text.ApplyBertEmbedding(options with { Model = _model, OutputColumnName = "Vector", InputColumnName = "Text" });

    private float[][] Vectors(BertEmbeddingEstimator estimator) => Vectors(estimator.Fit(Data));

    private float[][] Vectors(ITransformer fitted) => [.. fitted.Transform(Data).GetColumn<float[]>("Vector")];

    private static void SkipWhereGpusCompute() => Assert.SkipWhen(
        Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"),
        "ONNX Runtime has the CUDA provider here.");
}
