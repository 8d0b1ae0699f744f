using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Trains the similarity of two texts that are read together.</summary>
internal static class CrossEncoderTraining
{
    public static IEstimator<BertCrossEncoderTransformer> Trainer(IHost host, SentenceSimilarityTrainer.Options options)
    {
        (BertModel model, int maxLength) = (options.Checkpoint, options.MaxLength!.Value);
        var outputs = new BertCrossEncoderEstimator.Options
        {
            Batching = options.Batching,
            OutputColumnName = options.ScoreColumnName,
            InputColumnName = options.Sentence1ColumnName,
            PairColumnName = options.Sentence2ColumnName,
            Activation = BertScoreActivation.Identity,
            MaxLength = maxLength,
        };
        var task = new SequenceTraining<NumberTarget, BertForSequenceClassification, BertCrossEncoderTransformer>(
            SequenceTexts.OneSequence(model, options.Sentence1ColumnName, options.Sentence2ColumnName, maxLength),
            schema => new NumberTarget(schema, options.LabelColumnName),
            shape => NumberTarget.AddScore(shape, options),
            (number, rows, _) => new(rows, NumberTarget.ConfigOf(model), number.Regression(rows),
                (env, trained) => new(env, (outputs with { Model = trained }).Resolve())));
        return FineTuningTrainer.Create(host, options, task);
    }
}
