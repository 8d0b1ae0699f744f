using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of texts and of their entities' labels, bound to data.</summary>
internal abstract class EntityLabels
{
    private const string Expected = "a vector of keys, as MapValueToKey makes them,";

    /// <param name="schema">The data's schema.</param>
    /// <param name="name">The column of labels.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is missing, has another type, or its keys have no values.</exception>
    protected EntityLabels(DataViewSchema schema, string name)
    {
        Column = InputColumn.Find(schema, name, nameof(SequenceTrainingOptions.LabelColumnName), Expected, type => type is VectorDataViewType { ItemType: KeyDataViewType key } && key.RawType == typeof(uint));
        TagTarget.Find(schema, name, nameof(SequenceTrainingOptions.LabelColumnName));
        Values = KeyValues.Of(Column)!;
    }

    /// <summary>The column of labels.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>What its keys stand for.</summary>
    public KeyValues Values { get; }

    /// <summary>The labels of words that are learnt.</summary>
    public abstract TagSet Tags { get; }

    /// <summary>All columns that are read.</summary>
    public abstract IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>A delegate that gives the rows of a training for the current row of the data; null where its labels are missing.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="labeller">Makes the rows.</param>
    public abstract Func<IEnumerable<TrainingRow>?> CreateReader(DataViewRow row, TokenLabeller labeller);

    /// <summary>Checks the column of labels before there are data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, string name) =>
        InputColumn.Find(schema, name, nameof(SequenceTrainingOptions.LabelColumnName), Expected, column => column.IsKey && column.ItemType == NumberDataViewType.UInt32 && column.Kind != SchemaShape.Column.VectorKind.Scalar);

    /// <summary>Checks that another data set's labels mean the same.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void CheckSame(EntityLabels other)
    {
        if (!other.Values.Names.SequenceEqual(Values.Names))
            throw new ArgumentException($"The labels of column '{Column.Name}' stand for other values in the validation set than in the training data. Transform both with one fitted MapValueToKey.", nameof(other));
    }
}
