using Bert.MLNet.Training;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>What is learnt of rows, and what becomes of the checkpoint that has learnt it.</summary>
/// <param name="Rows">The rows, with the weights that the objective asks for.</param>
/// <param name="Config">The config of a checkpoint that has learnt it.</param>
/// <param name="Objective">The loss and the metric.</param>
/// <param name="Output">Makes the transformer of the trained checkpoint.</param>
internal sealed record TrainingPlan<TModule, TTransformer>(
    TrainingRow[] Rows, BertConfig Config, TrainingObjective<TModule> Objective, Func<IHostEnvironment, BertModel, TTransformer> Output)
    where TModule : BertForTask;
