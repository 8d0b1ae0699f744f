using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A column with a label for each row, bound to the data.</summary>
internal abstract class SequenceLabels(DataViewSchema.Column column)
{
    public DataViewSchema.Column Column => column;

    /// <summary>A delegate that gives the targets of the current row; null where its label is missing.</summary>
    public abstract Func<float[]?> CreateReader(DataViewRow row);

    /// <summary>Checks that another data set's labels mean the same.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public virtual void CheckSame(SequenceLabels other)
    {
    }
}
