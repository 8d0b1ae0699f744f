using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>A column with a label for each row, bound to the data.</summary>
internal abstract class SequenceLabels(DataViewSchema.Column column)
{
    public DataViewSchema.Column Column => column;

    /// <summary>The names of the labels; null if the labels are numbers or vectors.</summary>
    public virtual IReadOnlyList<string>? Names => null;

    /// <summary>Creates a delegate that returns the targets of the current row, or null if its label is missing.</summary>
    public abstract Func<float[]?> CreateReader(DataViewRow row);

    /// <summary>Checks that the labels of another data set represent the same values.</summary>
    /// <exception cref="ArgumentException">The values differ.</exception>
    public virtual void CheckSame(SequenceLabels other)
    {
    }
}
