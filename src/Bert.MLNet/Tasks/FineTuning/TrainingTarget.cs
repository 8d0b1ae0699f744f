using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>The columns that a trainer learns from, bound to one data set.</summary>
internal abstract class TrainingTarget
{
    /// <summary>All columns that are read.</summary>
    public abstract IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>What there is to say about the rows that were read; null: nothing.</summary>
    public virtual string? Warning => null;

    /// <summary>A delegate that adds what is learnt of the current row: nothing where its label is missing.</summary>
    /// <param name="row">The cursor, in which the columns are active.</param>
    /// <param name="rows">Receives the rows of the training.</param>
    public abstract Action CreateReader(DataViewRow row, List<TrainingRow> rows);

    /// <summary>Checks that another data set's labels mean the same.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public virtual void CheckSame(TrainingTarget other)
    {
    }
}
