using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Pooling;

/// <summary>Tokenizer, encoder and pooling as steps of their own, beside the embedding that fuses them.</summary>
public class StepByStepTests
{
    private static readonly string[] Texts =
        ["the film is great", "", "bad", "i hate this phone and the battery is very poor , but the screen is good", "on time !", "zzz 99",
            "good " + new string('x', 300)];

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("BertModel", BertPooling.Mean, true)]
    [InlineData("BertModel", BertPooling.Cls | BertPooling.Max | BertPooling.MeanSqrtLength, false)]
    [InlineData("DistilBertModel", BertPooling.LastLayersMean | BertPooling.Mean, false)]
    public void Three_steps_give_what_the_embedding_gives(string architecture, BertPooling pooling, bool normalize)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        IDataView data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Input { Text = text }));
        using var steps = Steps(model, pooling, normalize, padded: false).Fit(data);
        using var paddedSteps = Steps(model, pooling, normalize, padded: true).Fit(data);
        using BertEmbeddingTransformer fused =
            _ml.Transforms.Text.ApplyBertEmbedding(
                new BertEmbeddingEstimator.Options
                {
                    Model = model,
                    Pooling = pooling,
                    Normalize = normalize,
                    NumberOfLastLayers = 2,
                }).Fit(data);

        float[][] expected = Vectors(fused, data), actual = Vectors(steps, data), padded = Vectors(paddedSteps, data);
        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(expected[i].Length, actual[i].Length);
            for (int j = 0; j < expected[i].Length; j++)
            {
                Assert.Equal(expected[i][j], actual[i][j], 2e-5f);
                Assert.Equal(expected[i][j], padded[i][j], 2e-5f);
            }
        }
    }

    private EstimatorChain<BertPoolingTransformer> Steps(BertModel model, BertPooling pooling, bool normalize, bool padded) =>
        _ml.Transforms.Text.ApplyBertTokenizer(
            new BertTokenizerEstimator.Options { Model = model, Padding = padded ? BertPadding.MaxLength : BertPadding.None })
            .Append(_ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options { Model = model, HiddenStatesLayers = [1, 2] }))
            .Append(_ml.Transforms.Text.ApplyBertPooling(
                new BertPoolingEstimator.Options { Pooling = pooling, Normalize = normalize, NumberOfLastLayers = 2 }));

    private static float[][] Vectors(ITransformer transformer, IDataView data) =>
        [.. transformer.Transform(data).GetColumn<float[]>("Features")];

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }
}
