using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Learns how alike two texts are from both at once.</summary>
internal static class CrossEncoderTraining
{
    public static IEstimator<BertCrossEncoderTransformer> Trainer(IHost host, SentenceSimilarityTrainer.Options options)
    {
        var columns = new PairScoreColumns(options.ScoreColumnName, options.Sentence1ColumnName, options.Sentence2ColumnName);
        (BertModel model, int maxLength) = (options.Checkpoint, options.MaxLength!.Value);
        return FineTuningTrainer.Create(host, options, new SequenceTraining<NumberTarget, BertForSequenceClassification, BertCrossEncoderTransformer>(
            SequenceTexts.OneSequence(model, options.Sentence1ColumnName, options.Sentence2ColumnName, maxLength),
            schema => new NumberTarget(schema, options.LabelColumnName), shape => NumberTarget.AddScore(shape, options), (number, rows) =>
                new(rows, NumberTarget.ConfigOf(model), number.Regression(rows), (env, trained) => new(env, trained, new CrossEncoderSettings(columns, BertScoreActivation.Identity, maxLength), options.Batching))));
    }
}
