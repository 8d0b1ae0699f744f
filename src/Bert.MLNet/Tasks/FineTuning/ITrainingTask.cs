using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>
/// What one trainer has of its own: its target, its objective and its output. The rest is
/// <see cref="FineTuningTrainer{TTarget, TModule, TTransformer}"/>.
/// </summary>
/// <typeparam name="TTarget">The columns that are learnt from.</typeparam>
/// <typeparam name="TModule">What is trained.</typeparam>
/// <typeparam name="TTransformer">What is fitted.</typeparam>
internal interface ITrainingTask<TTarget, TModule, TTransformer>
    where TTarget : TrainingTarget
    where TModule : BertForTask
{
    /// <summary>Checks the columns before there are data, and adds those of the fitted transformer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    SchemaShape AddOutputs(SchemaShape inputSchema);

    /// <summary>Finds and checks the columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    TTarget Bind(DataViewSchema schema);

    /// <summary>Decides what is learnt of rows that have been read.</summary>
    /// <exception cref="InvalidOperationException">There is nothing to learn from them.</exception>
    TrainingPlan<TModule, TTransformer> Plan(TTarget target, TrainingRow[] rows);
}
