using System.CommandLine;

namespace Bert.MLNet.Pretraining;

/// <summary>How the model that is trained here turns a text into a vector: rare tokens count more, and so do, as asked for, several layers.</summary>
internal static class SentenceVectors
{
    public static Option<int> LastLayers() => new("--last-layers")
    {
        Description = "The layers whose mean becomes the vector, from the last one on; one more than there are takes the embeddings' output as well.",
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
