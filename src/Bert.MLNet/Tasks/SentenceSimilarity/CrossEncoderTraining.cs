using Bert.MLNet.Encoders;
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
            (number, rows, _) =>
            {
                FineTuningObjective<BertForSequenceClassification> objective =
                    Distillation.Objective(options.Distillation, number.Regression(rows));
                return new(rows, NumberTarget.ConfigOf(model), objective,
                    (env, trained) => new(env, (outputs with { Model = trained }).Resolve()));
            },
            Teacher(options));
        return FineTuningTrainer.Create(host, options, task);
    }

    /// <summary>Creates the step that adds the scores of a teacher; null if there is no teacher.</summary>
    /// <exception cref="NotSupportedException">The teacher is not a cross-encoder.</exception>
    public static TeacherStep? Teacher(SentenceSimilarityTrainer.Options options)
    {
        if (options.Distillation is not { } distillation)
            return null;
        EncoderOutput.SequenceLogits.Check(distillation.Teacher);
        BertCrossEncoderEstimator.Options outputs = new BertCrossEncoderEstimator.Options
        {
            Model = distillation.Teacher,
            Batching = distillation.Batching,
            OutputColumnName = TeacherStep.Outputs,
            InputColumnName = options.Sentence1ColumnName,
            PairColumnName = options.Sentence2ColumnName,
        }.Resolve();
        return new TeacherStep(distillation, areProbabilities: false, env => new BertCrossEncoderTransformer(env, outputs));
    }
}
