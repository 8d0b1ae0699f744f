using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Creates the transformer of a trained classifier.</summary>
/// <param name="env">Its environment.</param>
/// <param name="trained">The trained checkpoint.</param>
/// <param name="label">The label column.</param>
/// <param name="rows">The training rows.</param>
/// <param name="validation">The validation rows.</param>
internal delegate BertClassifierTransformer ClassifierOutput(
    IHostEnvironment env, BertModel trained, LabelTarget label, TrainingRow[] rows, TrainingRow[] validation);

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
        string[] scope = options.InScopeRate is null ? [] : [options.InScopeColumnName];
        StepColumns.CheckOutputs([options.OutputColumnName, options.ScoreColumnName, .. probability, .. scope]);
        outputs = outputs with
        {
            Batching = options.Batching,
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.Sentence1ColumnName,
            PairColumnName = options.Sentence2ColumnName,
            ScoreColumnName = options.ScoreColumnName,
            InScopeColumnName = options.InScopeColumnName,
            MaxLength = maxLength,
        };
        if (options.FewShot is { } few)
            return new FewShotTraining(host, options, few, Output).Trainer(find, AddOutputs);
        BertClassifierEstimator.Options? teacher = options.Distillation is { } distillation ? Teacher(distillation.Teacher, options) : null;
        var task = new SequenceTraining<LabelTarget, BertForSequenceClassification, BertClassifierTransformer>(
            texts, schema => Checked(find(schema), teacher), AddOutputs, (label, rows, validation) =>
            {
                ScopeThreshold.Check(options, validation);
                (SequenceObjective objective, rows) = label.Learn(rows);
                return new(rows, label.ConfigOf(model, options.LstmSize), Distillation.Objective(options.Distillation, objective),
                    (env, trained) => Output(env, trained, label, rows, validation));
            },
            teacher is null
                ? null
                : new(options.Distillation!, areProbabilities: false, env => new BertClassifierTransformer(env, teacher)));
        return FineTuningTrainer.Create(host, options, task);

        SchemaShape AddOutputs(SchemaShape shape) =>
            OutputShape.Add(addOutputs(shape), [.. scope.Select(PredictionColumn.InScope)]);

        BertClassifierTransformer Output(
            IHostEnvironment env, BertModel trained, LabelTarget label, TrainingRow[] rows, TrainingRow[] validation)
        {
            BertClassifierEstimator.Options resolved = (outputs with { Model = trained, Labels = label.Labels }).Resolve();
            return new(env, ScopeThreshold.AddTo(resolved, options, rows, validation));
        }
    }

    /// <exception cref="NotSupportedException">The teacher has no classifier.</exception>
    private static BertClassifierEstimator.Options Teacher(BertModel model, ClassificationTrainingOptions options)
    {
        var outputs = new BertClassifierEstimator.Options
        {
            Model = model,
            Batching = options.Distillation!.Batching,
            InputColumnName = options.Sentence1ColumnName,
            PairColumnName = options.Sentence2ColumnName,
            LogitsColumnName = TeacherStep.Outputs,
            OutputColumnName = TeacherStep.Unused("Label"),
            ScoreColumnName = TeacherStep.Unused("Score"),
        };
        outputs.Logits.Check(model);
        return outputs.Resolve();
    }

    private static LabelTarget Checked(LabelTarget label, BertClassifierEstimator.Options? teacher) =>
        teacher is null || teacher.ProblemType == label.Problem
            ? label
            : throw new ArgumentException(
                $"The teacher '{teacher.Checkpoint.Name}' is for {teacher.ProblemType}, but the labels of column '{label.Column.Name}' " +
                $"are for {label.Problem}. Use a teacher that was trained on such labels.");
}
