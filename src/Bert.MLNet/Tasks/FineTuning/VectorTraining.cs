using Bert.MLNet.Embeddings;

namespace Bert.MLNet.Tasks;

/// <summary>What trainers share that train the vectors of texts.</summary>
internal static class VectorTraining
{
    /// <summary>Checks that the checkpoint's vectors can be trained.</summary>
    /// <exception cref="NotSupportedException">The checkpoint excludes its prompt from pooling.</exception>
    public static void Check(BertModel model)
    {
        if (model.Sentence is { IncludePrompt: false, DefaultPrompt: not null })
        {
            throw new NotSupportedException(
                $"'{model.Name}' excludes its prompt from pooling, which is not supported in training. " +
                $"Use model.WithSentence(model.Sentence with {{ IncludePrompt = true }}), or another checkpoint.");
        }
    }

    /// <summary>Appends the tokens of a text, with the checkpoint's prompt, as they are for prediction.</summary>
    public static void Encode(BertTrainingOptions options, ReadOnlyMemory<char> text, List<int> ids)
    {
        BertModel model = options.Checkpoint;
        if (model.Table is not null)
        {
            StaticEmbedder.Encode(model, $"{model.Sentence.DefaultPrompt}{text}", options.MaxLength!.Value, ids);
            return;
        }
        model.Tokenizer.EncodeTo($"{model.Sentence.DefaultPrompt}{text}", default, hasPair: false, options.MaxLength!.Value,
            BertTruncation.OnlyFirst, ids, out _);
    }

    /// <summary>Returns the trained checkpoint with its way to vectors, which are compared by cosine.</summary>
    public static BertModel WithSentence(BertTrainingOptions options, BertModel trained) =>
        trained.WithSentence(options.Checkpoint.Sentence with
        {
            MaxSequenceLength = options.MaxLength,
            Similarity = BertSimilarity.Cosine,
            TruncateDimension = null, // whole vectors are trained
            Layers = trained.Sentence.Layers,
        });
}
