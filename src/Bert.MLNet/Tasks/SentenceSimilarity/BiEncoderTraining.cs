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
            (number, rows, _) =>
            {
                (float minimum, float maximum) = number.Range(rows, options.MinimumLabel, options.MaximumLabel);
                var objective = new CosineSimilarityObjective(model.Sentence, minimum, maximum);
                return new(rows, config, Distillation.Objective(options.Distillation, objective), (env, trained) => new(env, new()
                {
                    Model = VectorTraining.WithSentence(options, trained),
                    Batching = options.Batching,
                    OutputColumnName = options.ScoreColumnName,
                    InputColumnName = options.Sentence1ColumnName,
                    PairColumnName = options.Sentence2ColumnName,
                    MinimumLabel = minimum,
                    MaximumLabel = maximum,
                }));
            }, CrossEncoderTraining.Teacher(options));
        return FineTuningTrainer.Create(host, options, task);
    }

    private static SequenceTexts TwoSequences(SentenceSimilarityTrainer.Options options)
    {
        return new SequenceTexts(options.Sentence1ColumnName, options.Sentence2ColumnName, (text, pair, ids) =>
        {
            VectorTraining.Encode(options, text, ids);
            int pairStart = ids.Count;
            VectorTraining.Encode(options, pair, ids);
            return pairStart;
        });
    }
}
