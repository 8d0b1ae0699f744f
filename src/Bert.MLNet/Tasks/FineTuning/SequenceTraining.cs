using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Learns the labels of texts or of pairs of texts.</summary>
/// <param name="texts">What is read.</param>
/// <param name="find">Finds the column of labels.</param>
/// <param name="addOutputs">Checks the column of labels before there are data, and adds the columns of the fitted transformer.</param>
/// <param name="plan">Decides what is learnt of rows that have been read.</param>
internal sealed class SequenceTraining<TLabels, TModule, TTransformer>(
    SequenceTexts texts, Func<DataViewSchema, TLabels> find, Func<SchemaShape, SchemaShape> addOutputs,
    Func<TLabels, TrainingRow[], TrainingPlan<TModule, TTransformer>> plan) : ITrainingTask<SequenceTarget<TLabels>, TModule, TTransformer>
    where TLabels : SequenceLabels
    where TModule : BertForTask
{
    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        texts.Check(inputSchema);
        return addOutputs(inputSchema);
    }

    public SequenceTarget<TLabels> Bind(DataViewSchema schema) => new(schema, texts, find(schema));

    public TrainingPlan<TModule, TTransformer> Plan(SequenceTarget<TLabels> target, TrainingRow[] rows) => plan(target.Label, rows);
}
