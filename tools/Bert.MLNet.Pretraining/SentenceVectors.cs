using System.CommandLine;

namespace Bert.MLNet.Pretraining;

/// <summary>The sentence options of the trained model: rare tokens count more, and several layers can be averaged.</summary>
internal static class SentenceVectors
{
    public static Option<int> LastLayers() => new("--last-layers")
    {
        Description = "The number of last layers to average for the vector; one more than the model has includes the embeddings' output.",
        DefaultValueFactory = _ => 5,
    };

    public static BertSentenceOptions Options(BertTokenizer tokenizer, TokenCorpus corpus, int lastLayers) => new()
    {
        Pooling = BertPooling.LastLayersMean,
        NumberOfLastLayers = lastLayers,
        TokenWeights = SmoothInverseFrequency.Weights(tokenizer, corpus.Counts(tokenizer.Vocabulary.Size)),
        Normalize = true,
    };
}
