using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>The columns to train on, bound to a data set.</summary>
internal abstract class TrainingTarget
{
    /// <summary>All columns that are read.</summary>
    public abstract IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>A warning about the rows that were read; null for none.</summary>
    public virtual string? Warning => null;

    /// <summary>Creates a delegate that adds the training rows of the current row, or none if its label is missing.</summary>
    /// <param name="row">The cursor, in which the columns are active.</param>
    /// <param name="rows">Receives the training rows.</param>
    public abstract Action CreateReader(DataViewRow row, List<TrainingRow> rows);

    /// <summary>Completes the rows, after all have been read.</summary>
    public virtual void Complete(List<TrainingRow> rows, CancellationToken cancellationToken)
    {
    }

    /// <summary>Checks that the labels of another data set represent the same values.</summary>
    /// <exception cref="ArgumentException">The values differ.</exception>
    public virtual void CheckSame(TrainingTarget other)
    {
    }
}
