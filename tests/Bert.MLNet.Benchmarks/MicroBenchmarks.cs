using System.CommandLine;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.ML;

namespace Bert.MLNet.Benchmarks;

/// <summary>What one text costs, by BenchmarkDotNet: tokens, and a prediction in an engine.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private const string Text = "The battery lasts a week, and the screen is readable in the sun; I would buy it again.";

    private readonly List<int> _ids = [];
    private readonly TextRow _row = new();
    private readonly VectorRow _vector = new();
    private BertTokenizer _tokenizer = null!;
    private BertEmbeddingTransformer _transformer = null!;
    private PredictionEngine<TextRow, VectorRow> _engine = null!;

    /// <summary>The shape of the checkpoint.</summary>
    [Params("BERT-Tiny", "MiniLM-L6")]
    public string Shape { get; set; } = "";

    internal static Command Command()
    {
        var command = new Command("micro", "One text's tokens and one prediction, by BenchmarkDotNet.");
        // In this process: a project of its own would be built without the repository's feeds and native files.
        command.SetAction(_ => BenchmarkRunner.Run<MicroBenchmarks>(
            DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))));
        return command;
    }

    /// <summary>Makes the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        BertModel model = SeededModel.Create(Shape, Texts.Vocabulary);
        _tokenizer = model.Tokenizer;
        var ml = new MLContext();
        _transformer = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(ml.Data.LoadFromEnumerable<TextRow>([]));
        _engine = ml.Model.CreatePredictionEngine<TextRow, VectorRow>(
            _transformer, new PredictionEngineOptions { OwnsTransformer = false });
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _engine.Dispose();
        _transformer.Dispose();
    }

    /// <summary>Token ids into a list that is there.</summary>
    [Benchmark]
    public int Tokenize()
    {
        _ids.Clear();
        return _tokenizer.EncodeTo(Text, default, hasPair: false, 512, BertTruncation.OnlyFirst, _ids, out _);
    }

    /// <summary>Text to vector.</summary>
    [Benchmark]
    public float Predict()
    {
        _row.Text = Text;
        VectorRow vector = _vector;
        _engine.Predict(_row, ref vector);
        return vector.Features[0];
    }
}
