using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>What the trainers of classifiers share: a text or a pair in, a <see cref="BertClassifierTransformer"/> out.</summary>
internal static class ClassifierTraining
{
    /// <summary>A trainer of classifiers.</summary>
    /// <param name="host">The trainer's environment.</param>
    /// <param name="options">The trainer's options, resolved.</param>
    /// <param name="outputs">What the outputs of this kind of classifier have besides.</param>
    /// <param name="find">Finds the column of labels.</param>
    /// <param name="addOutputs">Checks the column of labels before there are data, and adds the columns of the fitted transformer.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    public static IEstimator<BertClassifierTransformer> Trainer(
        IHost host, ClassificationTrainingOptions options, BertClassifierEstimator.Options outputs,
        Func<DataViewSchema, LabelTarget> find, Func<SchemaShape, SchemaShape> addOutputs)
    {
        (BertModel model, int maxLength) = (options.Checkpoint, options.MaxLength!.Value);
        SequenceTexts texts = SequenceTexts.OneSequence(model, options.Sentence1ColumnName, options.Sentence2ColumnName, maxLength);
        host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        string[] probability = outputs.ProbabilityColumnName is { } name ? [name] : [];
        StepColumns.CheckOutputs([options.OutputColumnName, options.ScoreColumnName, .. probability]);
        outputs = outputs with
        {
            Batching = options.Batching,
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.Sentence1ColumnName,
            PairColumnName = options.Sentence2ColumnName,
            ScoreColumnName = options.ScoreColumnName,
            MaxLength = maxLength,
        };
        var task = new SequenceTraining<LabelTarget, BertForSequenceClassification, BertClassifierTransformer>(
            texts, find, addOutputs, (label, rows) =>
            {
                (SequenceObjective objective, rows) = label.Learn(rows);
                return new(rows, label.ConfigOf(model), objective,
                    (env, trained) => new(env, (outputs with { Model = trained, Labels = label.Labels }).Resolve()));
            });
        return FineTuningTrainer.Create(host, options, task);
    }
}
