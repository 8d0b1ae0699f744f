using Bert.MLNet.Pretraining;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class FirstWeightsTests
{
    private static readonly BertTokenizer s_tokenizer = BertTokenizer.Create(new BertVocabulary(TinyCheckpoint.Vocabulary));

    public FirstWeightsTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Before_the_first_update_the_last_layer_gives_what_the_token_embeddings_give()
    {
        using DisposeScope scope = NewDisposeScope();
        BertForMaskedLM module = Create();
        Tensor[] states = [.. module.Bert.HiddenStates(module.Bert.Pack(PaddedBatch.OfSequences([2, 7, 8, 9, 3], 1)))];

        Assert.True(states[0].abs().mean().item<float>() > 0.1f);
        Assert.True((states[^1] - states[0]).abs().max().item<float>() < 1e-4f);
    }

    [Fact]
    public void The_decoder_starts_from_the_frequencies_of_the_tokens()
    {
        using BertForMaskedLM module = Create();
        float[] bias = module.Head.Bias.Values().ToArray();
        // Seen three times, once and never among four tokens; the rest of the vocabulary shares in what is not seen.
        Assert.Equal(Math.Log(4.0 / 2), bias[7] - bias[8], 1e-5);
        Assert.Equal(Math.Log(2.0 / 1), bias[8] - bias[9], 1e-5);
    }

    private static BertForMaskedLM Create()
    {
        var config = new BertConfig
        {
            VocabSize = s_tokenizer.Vocabulary.Size,
            HiddenSize = 16,
            NumHiddenLayers = 3,
            NumAttentionHeads = 2,
            IntermediateSize = 32,
            MaxPositionEmbeddings = 16,
            HiddenDropoutProb = 0,
            AttentionProbsDropoutProb = 0,
        };
        var module = new BertForMaskedLM(config);
        var random = new Random(3);
        float[] words = [.. Enumerable.Range(0, config.VocabSize * config.HiddenSize).Select(_ => (float)(random.NextDouble() - 0.5))];
        FirstWeights.Set(module, new TokenCorpus([7, 7, 8, 7], [0], [0]), words);
        return module;
    }
}
