using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>What the trainers of classifiers have in common: one text or a pair in, a <see cref="BertClassifierTransformer"/> out.</summary>
/// <inheritdoc/>
public abstract class ClassificationTrainer : SequenceTrainer<BertClassifierTransformer>
{
    private readonly ClassificationTrainingOptions _options;

    private protected ClassificationTrainer(IHostEnvironment env, string name, BertModel? model, ClassificationTrainingOptions options, params IEnumerable<string> outputs)
        : base(env, name, model, options, options.Sentence2ColumnName)
    {
        _options = options;
        Host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        StepColumns.CheckOutputs(outputs);
    }

    /// <summary>Sets what the outputs of this kind of classifier have besides.</summary>
    private protected abstract void Complete(BertClassifierEstimator.Options outputs);

    private protected sealed override BertClassifierTransformer CreateTransformer(BertModel trained, TrainingTarget target)
    {
        var outputs = new BertClassifierEstimator.Options
        {
            OutputColumnName = _options.OutputColumnName,
            InputColumnName = _options.Sentence1ColumnName,
            PairColumnName = _options.Sentence2ColumnName,
            ScoreColumnName = _options.ScoreColumnName,
            MaxLength = MaxLength,
        };
        Complete(outputs);
        return new BertClassifierTransformer(FittedEnvironment, trained, ClassifierSettings.Create(trained, outputs, ((LabelTarget)target).Labels), _options.Batching);
    }
}
