using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Trains on the labels of texts or of pairs of texts.</summary>
/// <param name="texts">The text columns.</param>
/// <param name="find">Finds the label column.</param>
/// <param name="addOutputs">
/// Checks the label column when only the shape of the schema is known, and adds the columns of the fitted transformer.
/// </param>
/// <param name="plan">Determines the training for rows that have been read.</param>
/// <param name="teacher">Adds the outputs of a teacher; null if there is no teacher.</param>
internal sealed class SequenceTraining<TLabels, TModule, TTransformer>(
    SequenceTexts texts, Func<DataViewSchema, TLabels> find, Func<SchemaShape, SchemaShape> addOutputs,
    Func<TLabels, TrainingRow[], TrainingRow[], TrainingPlan<TModule, TTransformer>> plan, TeacherStep? teacher = null)
    : ITrainingTask<SequenceTarget<TLabels>, TModule, TTransformer>
    where TLabels : SequenceLabels
    where TModule : TrainableModule
{
    public TeacherStep? Teacher => teacher;

    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        texts.Check(inputSchema);
        return addOutputs(inputSchema);
    }

    public SequenceTarget<TLabels> Bind(DataViewSchema schema)
    {
        TLabels label = find(schema);
        return new(schema, texts, label, teacher?.Bind(schema, label.Names));
    }

    public TrainingPlan<TModule, TTransformer> Plan(SequenceTarget<TLabels> target, TrainingRow[] rows, TrainingRow[] validation) =>
        plan(target.Label, rows, validation);
}
