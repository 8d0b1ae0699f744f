using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A column of labels bound to the data: what is learnt from it.</summary>
internal abstract class TrainingTarget(DataViewSchema.Column column)
{
    public DataViewSchema.Column Column => column;

    /// <summary>The config of a checkpoint that has learnt it.</summary>
    public abstract BertConfig ConfigOf(BertModel model);

    /// <summary>A delegate that gives the targets of the current row; null where its label is missing.</summary>
    public abstract Func<float[]?> CreateReader(DataViewRow row);

    /// <summary>The objective, and the rows with the weights that it asks for.</summary>
    /// <exception cref="InvalidOperationException">There is nothing to learn from these rows.</exception>
    public abstract (SequenceObjective Objective, TrainingRow[] Rows) Learn(TrainingRow[] rows);

    /// <summary>Checks that another data set's labels mean the same.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public abstract void CheckSame(TrainingTarget other);

    /// <summary>The config of a classifier of rows.</summary>
    protected static BertConfig ConfigOf(BertModel model, IEnumerable<string> labels, string problemType) =>
        model.Config.WithHead(HeadKind.SequenceClassification, labels, problemType);
}
