using Bert.MLNet.Samples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Samples;

public sealed class AttentionSampleTests
{
    [Fact]
    public void A_row_is_the_mean_over_the_heads_of_the_last_layer_s_probabilities()
    {
        BertModel bert = new TinyCheckpoint { Heads = 2, Layers = 3 }.Load();
        (string[] tokens, float[][] attention) = AttentionSample.Compute(bert, "a good day");
        Assert.Equal(["[CLS]", "a", "good", "day", "[SEP]"], tokens);

        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new AttentionSample.Input { Text = "a good day" }]);
        var encoder = ml.Transforms.Text.ApplyBertTokenizer(bert).Append(ml.Transforms.Text.ApplyBertEncoder(bert, new BertEncoderEstimator.Options { AttentionsLayers = [2] }));
        using var model = encoder.Fit(data);
        float[] all = model.Transform(data).GetColumn<float[]>("Attentions").Single();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(1f, attention[i].Sum(), 1e-5f);
            for (int j = 0; j < 5; j++)
                Assert.Equal((all[i * 5 + j] + all[25 + i * 5 + j]) / 2, attention[i][j], 1e-6f);
        }
    }
}
