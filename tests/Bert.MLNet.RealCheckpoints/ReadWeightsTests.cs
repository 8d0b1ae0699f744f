using System.Numerics.Tensors;
using Bert.MLNet.Tests;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.RealCheckpoints;

/// <summary>The weights that are read from the exports of real checkpoints.</summary>
public sealed class ReadWeightsTests(MiniLM miniLM, ArcticXs arctic, ITestOutputHelper output)
{
    private static readonly string[] s_texts =
    [
        "", "Good.", "東京 🙂 naïve café", string.Join(' ', Enumerable.Repeat("A long text about nothing much, again.", 60)),
        .. File.ReadLines(Path.Combine(Shared.Repository, "data", "reviews.test.tsv")).Skip(1).Take(60).Select(line => line.Split('\t')[0]),
    ];

    [Fact]
    public void Vectors_of_MiniLM_are_those_of_its_graph() => Equal(miniLM);

    [Fact]
    public void Vectors_of_ArcticXs_are_those_of_its_graph() => Equal(arctic);

    [Fact]
    public void They_are_saved_as_safetensors()
    {
        using var folder = new TemporaryFolder();
        miniLM.Weights.SavePretrained(folder.Path);
        Assert.True(File.Exists(folder["model.safetensors"]));
        BertModel saved = BertModel.FromPretrained(folder.Path);
        Assert.Equal(RealCheckpoint.Embed(miniLM.Weights, s_texts[..20]), RealCheckpoint.Embed(saved, s_texts[..20]));
    }

    [Fact]
    public void Int8_of_them_is_close()
    {
        float[][] vectors = RealCheckpoint.Embed(miniLM.Graph.Quantize(), s_texts);
        float[][] expected = RealCheckpoint.Embed(miniLM.Graph, s_texts);
        float[] cosines = [.. vectors.Zip(expected, (a, b) => TensorPrimitives.CosineSimilarity<float>(a, b))];
        output.WriteLine($"cosine {cosines.Average():F4} on average, at least {cosines.Min():F4}");
        Assert.True(cosines.Average() > 0.99);
        Assert.True(cosines.Min() > 0.95);
    }

    /// <summary>ONNX Runtime's optimizer fuses attention, normalization and activation into operators of its own.</summary>
    [Fact]
    public void A_graph_that_ONNX_Runtime_optimized_has_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        miniLM.Weights.SavePretrained(folder.Path);
        File.Delete(folder["model.safetensors"]);
        using (var options = new SessionOptions())
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
            options.OptimizedModelFilePath = folder["model.onnx"];
            using var session = new InferenceSession(miniLM.GraphFile, options);
        }
        BertModel read = BertModel.FromPretrained(folder.Path).WithWeights();
        Assert.Equal(RealCheckpoint.Embed(miniLM.Weights, s_texts[..20]), RealCheckpoint.Embed(read, s_texts[..20]));
    }

    private void Equal(RealCheckpoint checkpoint)
    {
        float[][] graph = RealCheckpoint.Embed(checkpoint.Graph, s_texts), weights = RealCheckpoint.Embed(checkpoint.Weights, s_texts);
        float largest = graph.Zip(weights, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
        output.WriteLine($"largest difference {largest:G3}");
        Assert.True(largest <= 1e-5f);
    }
}
