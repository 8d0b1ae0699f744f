using Microsoft.ML;

namespace Bert.MLNet.Experiments;

/// <summary>A task that only trainings of checkpoints solve.</summary>
internal abstract class TrainedTask : ExperimentTask
{
    public override IEnumerable<VectorContender> VectorContenders(IReadOnlyList<(BertModel Model, string Name)> models) => [];

    public override IEnumerable<FineTuningContender> FineTunings(
        IReadOnlyList<(BertModel Model, string Name)> models, ExperimentData data) =>
        FineTuningGrid.Of(FineTuningKind.Whole, models, data.TrainingCount);

    public override IEstimator<ITransformer> Trainer(MLContext ml, VectorContender contender, int rows) =>
        throw new NotSupportedException("The task has no vectors.");
}
