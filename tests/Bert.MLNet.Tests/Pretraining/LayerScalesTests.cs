using Bert.MLNet.Pretraining;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class LayerScalesTests
{
    private static readonly BertConfig s_config = new()
    {
        VocabSize = 50, HiddenSize = 24, NumHiddenLayers = 3, NumAttentionHeads = 3, IntermediateSize = 40, MaxPositionEmbeddings = 16,
    };

    private static readonly double[] s_scales = [3, 0.5, 1.7, 0.2];

    public LayerScalesTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Hidden_states_are_scaled_and_masked_words_stay_as_they_were()
    {
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        manual_seed(1);
        var module = new BertForMaskedLM(s_config);
        module.eval();
        foreach ((_, var parameter) in module.State())
            parameter.add_(randn_like(parameter).mul_(tensor(0.3f))); // biases and LayerNorm's parameters, too, have values that matter
        PaddedBatch rows = PaddedBatch.OfSequences([2, 7, 30, 41, 3, 2, 9, 11, 12, 3], 2);
        Tensor all = TensorArithmetic.Range(10);
        float[][] before = [.. module.Bert.HiddenStates(module.Bert.Pack(rows)).Select(hidden => hidden.Values().ToArray())];
        float[] scores = module.Forward(rows, all).Values().ToArray();

        LayerScales.Apply(module, s_scales);

        float[][] after = [.. module.Bert.HiddenStates(module.Bert.Pack(rows)).Select(hidden => hidden.Values().ToArray())];
        for (int layer = 0; layer < s_scales.Length; layer++)
        {
            for (int i = 0; i < before[layer].Length; i++)
                Assert.Equal(before[layer][i] * s_scales[layer], after[layer][i], 1e-4);
        }
        foreach ((float was, float now) in scores.Zip(module.Forward(rows, all).Values().ToArray()))
            Assert.Equal(was, now, 1e-3);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_wrong_number_of_scales_is_refused(int count)
    {
        using var module = new BertForMaskedLM(s_config);
        var error = Assert.Throws<ArgumentException>(() => LayerScales.Apply(module, [.. Enumerable.Repeat(1.0, count)]));
        Assert.StartsWith("4 scales above 0 are needed", error.Message, StringComparison.Ordinal);
    }
}
