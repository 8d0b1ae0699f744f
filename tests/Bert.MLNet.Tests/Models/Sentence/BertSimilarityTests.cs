using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Models;

public class BertSimilarityTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(BertSimilarity.Cosine, 0.6)]
    [InlineData(BertSimilarity.Dot, 15)]
    [InlineData(BertSimilarity.Euclidean, -4.47213595)]
    [InlineData(BertSimilarity.Manhattan, -6)]
    public void A_function_equals_its_formula_on_paper(BertSimilarity similarity, double expected) =>
        // Of (3, 4) and (5, 0): 15 / (5 · 5); 15; −√(2² + 4²); −(2 + 4).
        Assert.Equal(expected, similarity.Compute([3, 4], [5, 0]), 1e-6);

    [Fact]
    public void Vectors_without_direction_or_of_different_lengths_and_unknown_functions_are_handled()
    {
        Assert.Equal(0, BertSimilarity.Cosine.Compute([0, 0], [1, 2]));
        Assert.Throws<ArgumentException>(() => BertSimilarity.Dot.Compute([1], [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((BertSimilarity)9).Compute([1], [1]));
    }

    [Fact]
    public void The_function_of_a_checkpoint_is_read_saved_and_used_for_pairs()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint().Write(temporary.Path);
        File.WriteAllText(temporary["config_sentence_transformers.json"], """{ "similarity_fn_name": "euclidean" }""");
        BertModel.FromPretrained(temporary.Path).SavePretrained(temporary["saved"]);
        BertModel model = BertModel.FromPretrained(temporary["saved"]);
        Assert.Equal(BertSimilarity.Euclidean, model.Sentence.Similarity);

        IDataView data = _ml.Data.LoadFromEnumerable([new { Sentence1 = "good", Sentence2 = "the film is bad" }]);
        var options = new BertPairEmbeddingEstimator.Options
        {
            Model = model,
            SimilarityColumnName = "Similarity",
            CosineColumnName = "Cosine",
            Features = BertPairFeatures.First | BertPairFeatures.Second,
        };
        foreach (BertSimilarity? asked in new BertSimilarity?[] { null, BertSimilarity.Manhattan })
        {
            using BertPairEmbeddingTransformer step =
                _ml.Transforms.Text.ApplyBertPairEmbedding(options with { Similarity = asked }).Fit(data);
            IDataView result = step.Transform(data);
            float[] features = result.GetColumn<float[]>("Features").Single();
            (double U, double V)[] values = [.. features[..32].Zip(features[32..], (u, v) => ((double)u, (double)v))];
            double[] differences = [.. values.Select(pair => Math.Abs(pair.U - pair.V))];
            double expected = asked is null ? -Math.Sqrt(differences.Sum(x => x * x)) : -differences.Sum();
            Assert.Equal(expected, result.GetColumn<float>("Similarity").Single(), 1e-4);
            double norms = Math.Sqrt(values.Sum(pair => pair.U * pair.U) * values.Sum(pair => pair.V * pair.V));
            Assert.Equal(values.Sum(pair => pair.U * pair.V) / norms, result.GetColumn<float>("Cosine").Single(), 1e-5);
        }
        Assert.Throws<ArgumentException>(
            () => _ml.Transforms.Text.ApplyBertPairEmbedding(options with { Similarity = (BertSimilarity)7 }).Fit(data));

        File.WriteAllText(temporary["config_sentence_transformers.json"], """{ "similarity_fn_name": "hamming" }""");
        Assert.Contains(
            "\"hamming\"; expected one of cosine, dot, euclidean, manhattan",
            Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);
    }
}
