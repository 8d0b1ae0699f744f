using System.Reflection;
using Bert.MLNet.Testing;
using Microsoft.ML;
using Microsoft.ML.Data;

[assembly: AssemblyFixture(typeof(Bert.MLNet.RealCheckpoints.MiniLM))]
[assembly: AssemblyFixture(typeof(Bert.MLNet.RealCheckpoints.ArcticXs))]

namespace Bert.MLNet.RealCheckpoints;

/// <summary>all-MiniLM-L6-v2, opened once for all tests.</summary>
public sealed class MiniLM() : RealCheckpoint(nameof(MiniLM), PackagedCheckpoint.MiniLM);

/// <summary>snowflake-arctic-embed-xs, opened once for all tests.</summary>
public sealed class ArcticXs() : RealCheckpoint(nameof(ArcticXs), PackagedCheckpoint.ArcticXs);

/// <summary>A real checkpoint that the tests share.</summary>
public abstract class RealCheckpoint : IDisposable
{
    /// <summary>The environment variable that asks for the tests that take minutes.</summary>
    public const string Variable = "BERT_MLNET_REAL_CHECKPOINTS";

    private readonly Lazy<PackagedCheckpoint> _files;
    private readonly Lazy<BertModel> _weights;

    private protected RealCheckpoint(string package, BertSentenceOptions sentence)
    {
        _files = new(() => new PackagedCheckpoint(Assembly.LoadFile(PathOf(package)), sentence));
        _weights = new(() => Graph.WithWeights());
    }

    /// <summary>The checkpoint as its export, which runs as it is.</summary>
    public BertModel Graph => _files.Value.Graph;

    /// <summary>The file of the export.</summary>
    public string GraphFile => _files.Value.GraphFile;

    /// <summary>The checkpoint with weights that were read from its export.</summary>
    public BertModel Weights => _weights.Value;

    /// <summary>Skips a test that takes minutes, unless the environment asks for it.</summary>
    public static void SkipUnlessAsked() => Assert.SkipUnless(Environment.GetEnvironmentVariable(Variable) == "1", $"{Variable} is not 1.");

    /// <summary>Computes vectors as a pipeline does.</summary>
    public static float[][] Embed(BertModel model, IReadOnlyList<string> texts, string? prompt = null)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Text = text }));
        using BertEmbeddingTransformer transformer = ml.Transforms.Text.ApplyBertEmbedding(new BertEmbeddingEstimator.Options
        {
            InputColumnName = "Text", OutputColumnName = "Features", Model = model, Prompt = prompt,
        }).Fit(data);
        return [.. transformer.Transform(data).GetColumn<float[]>("Features")];
    }

    public void Dispose()
    {
        if (_files.IsValueCreated)
            _files.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string PathOf(string package) => typeof(RealCheckpoint).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == package).Value!;

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }
}
