using System.Reflection;
using Bert.MLNet.Testing;
using Microsoft.ML;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// <c>TextClassification</c> of Microsoft.ML.TorchSharp, repaired and with random weights. Its NAS-BERT is built from a set of layers,
/// which includes the attention and feed-forward layers of BERT in some widths: an encoder of these does the same work as a checkpoint of
/// that shape. Its vocabulary has 50,265 tokens.
/// </summary>
internal sealed class NasBertContender : IDisposable
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // The numbers of the layers in the package: for each width none, attention, feed-forward and three convolutions. There are four blocks.
    private const int Choices = 6, Attention = 1, FeedForward = 2, Blocks = 4;
    private static readonly int[] s_widths = [128, 192, 384, 512, 768];

    private readonly string _folder = Directory.CreateTempSubdirectory("Bert.MLNet.Benchmarks.").FullName;
    private readonly RepairedTorchSharp _package;
    private readonly BertConfig _config;

    /// <summary>Writes the weights that its trainings start from.</summary>
    /// <exception cref="TargetInvocationException">They cannot be created.</exception>
    public NasBertContender(RepairedTorchSharp package, BertConfig config)
    {
        (_package, _config) = (package, config);
        NasBertWeights.Write(package.Package, Options(), _folder, NasBertWeights.Sentences);
    }

    /// <summary>Whether the encoder has the checkpoint's layers. Otherwise it is the package's own: four blocks of width 192.</summary>
    public bool IsSameNetwork => s_widths.Contains(_config.HiddenSize) && _config.IntermediateSize == 4 * _config.HiddenSize;

    public void Train(IDataView train, IDataView validation, int epochs, int batchSize, double learningRate, int threads)
    {
        TorchSharp.torch.set_num_threads(threads);
        object options = Options(
            ("ValidationSet", validation), ("MaxEpoch", epochs), ("BatchSize", batchSize),
            ("LearningRate", new List<double> { learningRate }));
        MethodInfo trainer = _package.Package.GetType("Microsoft.ML.TorchSharp.TorchSharpCatalog", throwOnError: true)!.GetMethods()
            .Single(method => method.Name == "TextClassification" && method.GetParameters().Length == 2);
        var ml = new MLContext(1) { TempFilePath = _folder };
        var estimator = (IEstimator<ITransformer>)trainer.Invoke(null, [ml.MulticlassClassification.Trainers, options])!;
        (estimator.Fit(train) as IDisposable)?.Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private object Options(params IEnumerable<(string Name, object Value)> fields)
    {
        const string type = "Microsoft.ML.TorchSharp.NasBert.TextClassificationTrainer+TextClassificationOptions";
        object options = _package.Package.CreateInstance(type)!;
        foreach ((string name, object value) in fields.Append(("Sentence1ColumnName", "Sentence1")).Concat(IsSameNetwork ? Shape() : []))
            options.GetType().GetField(name, Any)!.SetValue(options, value);
        return options;
    }

    private IEnumerable<(string, object)> Shape()
    {
        int first = Choices * Array.IndexOf(s_widths, _config.HiddenSize);
        int[] layers = [.. Enumerable.Range(0, _config.NumHiddenLayers).SelectMany(_ => new[] { first + Attention, first + FeedForward })];
        Array.Resize(ref layers, (layers.Length + Blocks - 1) / Blocks * Blocks);
        int width = _config.HiddenSize;
        return [("Arches", layers), ("EncoderLayers", layers.Length), ("EmbeddingDim", width), ("EncoderOutputDim", width)];
    }
}
