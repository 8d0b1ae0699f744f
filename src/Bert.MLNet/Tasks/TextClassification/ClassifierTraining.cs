using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Creates the transformer of a trained classifier.</summary>
/// <param name="env">Its environment.</param>
/// <param name="trained">The trained checkpoint.</param>
/// <param name="label">The label column.</param>
internal delegate BertClassifierTransformer ClassifierOutput(IHostEnvironment env, BertModel trained, LabelTarget label);

/// <summary>The common part of trainers for classifiers: one or two texts in, a <see cref="BertClassifierTransformer"/> out.</summary>
internal static class ClassifierTraining
{
    /// <summary>Creates a trainer for classifiers.</summary>
    /// <param name="host">The trainer's environment.</param>
    /// <param name="options">The resolved options of the trainer.</param>
    /// <param name="outputs">The additional options of this kind of classifier.</param>
    /// <param name="find">Finds the label column.</param>
    /// <param name="addOutputs">
    /// Checks the label column when only the shape of the schema is known, and adds the columns of the fitted transformer.
    /// </param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
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
        if (options.FewShot is { } few)
            return new FewShotTraining(host, options, few, Output).Trainer(find, addOutputs);
        var task = new SequenceTraining<LabelTarget, BertForSequenceClassification, BertClassifierTransformer>(
            texts, find, addOutputs, (label, rows, _) =>
            {
                (SequenceObjective objective, rows) = label.Learn(rows);
                return new(rows, label.ConfigOf(model), objective, (env, trained) => Output(env, trained, label));
            });
        return FineTuningTrainer.Create(host, options, task);

        BertClassifierTransformer Output(IHostEnvironment env, BertModel trained, LabelTarget label) =>
            new(env, (outputs with { Model = trained, Labels = label.Labels }).Resolve());
    }
}
