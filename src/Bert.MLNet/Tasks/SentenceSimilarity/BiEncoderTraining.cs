using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Trains the similarity of two texts as the cosine of their vectors.</summary>
internal static class BiEncoderTraining
{
    public static IEstimator<BertBiEncoderTransformer> Trainer(IHost host, SentenceSimilarityTrainer.Options options)
    {
        BertModel model = options.Checkpoint;
        BertConfig config = model.Config with { Architectures = [model.Config.Family.EncoderClass], ProblemType = null };
        var task = new SequenceTraining<NumberTarget, SentenceEncoder, BertBiEncoderTransformer>(
            TwoSequences(options),
            schema => new NumberTarget(schema, options.LabelColumnName),
            shape => NumberTarget.AddScore(shape, options),
            (number, rows) =>
            {
                (float minimum, float maximum) = number.Range(rows, options);
                return new(rows, config, new CosineSimilarityObjective(model.Sentence, minimum, maximum), (env, trained) => new(env, new()
                {
                    Model = trained.WithSentence(SentenceOf(options) with { Layers = trained.Sentence.Layers }),
                    Batching = options.Batching,
                    OutputColumnName = options.ScoreColumnName,
                    InputColumnName = options.Sentence1ColumnName,
                    PairColumnName = options.Sentence2ColumnName,
                    MinimumLabel = minimum,
                    MaximumLabel = maximum,
                }));
            });
        return FineTuningTrainer.Create(host, options, task);
    }

    // Each text has its own special tokens and prompt.
    private static SequenceTexts TwoSequences(SentenceSimilarityTrainer.Options options)
    {
        (BertModel model, int maxLength) = (options.Checkpoint, options.MaxLength!.Value);
        return new SequenceTexts(options.Sentence1ColumnName, options.Sentence2ColumnName, (text, pair, ids) =>
        {
            Add(text, ids);
            int pairStart = ids.Count;
            Add(pair, ids);
            return pairStart;
        });

        void Add(ReadOnlyMemory<char> text, List<int> ids) => model.Tokenizer.EncodeTo(
            $"{model.Sentence.DefaultPrompt}{text}", default, hasPair: false, maxLength, BertTruncation.OnlyFirst, ids, out _);
    }

    private static BertSentenceOptions SentenceOf(SentenceSimilarityTrainer.Options options) => options.Checkpoint.Sentence with
    {
        MaxSequenceLength = options.MaxLength,
        Similarity = BertSimilarity.Cosine,
        TruncateDimension = null, // the cosine of whole vectors is trained
    };
}
