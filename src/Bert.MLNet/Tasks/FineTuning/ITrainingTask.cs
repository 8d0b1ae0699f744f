using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>
/// The part of a trainer that depends on its task: target, objective and output. The rest is <see cref="FineTuningTrainer{TTarget,
/// TModule, TTransformer}"/>.
/// </summary>
/// <typeparam name="TTarget">The columns to train on.</typeparam>
/// <typeparam name="TModule">The module that is trained.</typeparam>
/// <typeparam name="TTransformer">The fitted transformer.</typeparam>
internal interface ITrainingTask<TTarget, TModule, TTransformer>
    where TTarget : TrainingTarget
    where TModule : TrainableModule
{
    /// <summary>Adds the outputs of a teacher to the training rows; null if there is no teacher.</summary>
    TeacherStep? Teacher => null;

    /// <summary>Checks the columns when only the shape of the schema is known, and adds those of the fitted transformer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    SchemaShape AddOutputs(SchemaShape inputSchema);

    /// <summary>Finds and checks the columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    TTarget Bind(DataViewSchema schema);

    /// <summary>Determines the training for rows that have been read.</summary>
    /// <param name="target">The columns.</param>
    /// <param name="rows">The rows to train on.</param>
    /// <param name="validation">The rows to evaluate after each epoch; can be empty.</param>
    /// <exception cref="InvalidOperationException">The rows contain nothing to learn.</exception>
    TrainingPlan<TModule, TTransformer> Plan(TTarget target, TrainingRow[] rows, TrainingRow[] validation);
}
