using Bert.MLNet.Embeddings;

namespace Bert.MLNet.Tests.Pooling;

public class PairFeaturesTests
{
    private static readonly float[] U = [1, -2, 3], V = [4, 1, -1];

    [Theory]
    [InlineData(BertPairFeatures.All, new float[] { 1, -2, 3, 4, 1, -1, 3, 3, 4, 4, -2, -3 })]
    [InlineData(BertPairFeatures.AbsoluteDifference | BertPairFeatures.Product, new float[] { 3, 3, 4, 4, -2, -3 })]
    [InlineData(BertPairFeatures.Second, new float[] { 4, 1, -1 })]
    public void Parts_stand_in_the_order_of_the_paper(BertPairFeatures parts, float[] expected)
    {
        var features = new PairFeatureVector(parts, U.Length);
        float[] actual = new float[features.Dimension];
        features.Fill(U, V, actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(BertPairFeatures.None)]
    [InlineData((BertPairFeatures)16)]
    public void No_part_or_an_unknown_one_is_refused(BertPairFeatures parts) =>
        Assert.Throws<ArgumentException>(() => new PairFeatureVector(parts, 3));
}
