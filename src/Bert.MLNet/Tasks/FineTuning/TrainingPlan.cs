using Bert.MLNet.Training;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>A training on rows, and the use of the trained checkpoint.</summary>
/// <param name="Rows">The rows, with the weights that the objective requires.</param>
/// <param name="Config">The config of the trained checkpoint.</param>
/// <param name="Objective">The loss and the metric.</param>
/// <param name="Output">Creates the transformer from the trained checkpoint.</param>
internal sealed record TrainingPlan<TModule, TTransformer>(
    TrainingRow[] Rows, BertConfig Config, TrainingObjective<TModule> Objective, Func<IHostEnvironment, BertModel, TTransformer> Output)
    where TModule : TrainableModule
{
    /// <summary>The rows to evaluate after each epoch. Default null: the validation rows as they were read.</summary>
    public TrainingRow[]? Validation { get; init; }
}
