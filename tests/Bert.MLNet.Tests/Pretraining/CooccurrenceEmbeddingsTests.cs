using System.Numerics.Tensors;
using Bert.MLNet.Pretraining;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class CooccurrenceEmbeddingsTests
{
    [Fact]
    public void Tokens_with_like_neighbours_get_like_vectors_of_the_wanted_size()
    {
        TorchRuntime.EnsureLoaded();
        // 10 and 11 stand between 20s, 12 and 13 between 30s; 40 is never seen.
        var random = new Random(1);
        ushort[] ids = [.. Enumerable.Range(0, 4000).SelectMany(_ =>
        {
            int kind = random.Next(2);
            return new[] { random.Next(20, 25) + 10 * kind, 10 + 2 * kind + random.Next(2), random.Next(20, 25) + 10 * kind }.Select(
                id => (ushort)id);
        })];
        var corpus = new TokenCorpus(ids, [.. Enumerable.Range(0, 4000).Select(i => 3 * i)], [.. Enumerable.Range(0, 4000)]);
        float[][] vectors = [.. CooccurrenceEmbeddings.Train(corpus, 48, 8, new CooccurrenceOptions { Deviation = 0.1 }).Chunk(8)];

        Assert.True(TensorPrimitives.CosineSimilarity<float>(vectors[10], vectors[11]) > 0.9);
        Assert.True(TensorPrimitives.CosineSimilarity<float>(vectors[12], vectors[13]) > 0.9);
        Assert.True(TensorPrimitives.CosineSimilarity<float>(vectors[10], vectors[12]) < 0.3);
        Assert.All((int[])[10, 11, 12, 13, 20, 30],
            id => Assert.Equal(0.1, TensorPrimitives.Norm<float>(vectors[id]) / Math.Sqrt(8), 1e-3));
        Assert.InRange(TensorPrimitives.Norm<float>(vectors[40]) / Math.Sqrt(8), 1e-3, 0.06);
    }
}
