using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of texts and of the labels of their entities, bound to data.</summary>
internal abstract class EntityLabels
{
    private const string Expected = "a vector of keys, as created by MapValueToKey,";

    /// <param name="schema">The schema of the data.</param>
    /// <param name="name">The name of the label column.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, has another type, or its keys have no values.</exception>
    protected EntityLabels(DataViewSchema schema, string name)
    {
        Column = InputColumn.Find(
            schema,
            name,
            nameof(SequenceTrainingOptions.LabelColumnName),
            Expected,
            type => type is VectorDataViewType { ItemType: KeyDataViewType key } && key.RawType == typeof(uint));
        TagTarget.Find(schema, name, nameof(SequenceTrainingOptions.LabelColumnName));
        Values = KeyValues.Of(Column)!;
    }

    /// <summary>The label column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>The values that the keys represent.</summary>
    public KeyValues Values { get; }

    /// <summary>The labels of words to train on.</summary>
    public abstract TagSet Tags { get; }

    /// <summary>All columns that are read.</summary>
    public abstract IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>Creates a delegate that returns the training rows of the current data row, or null if its labels are missing.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="labeller">Creates the rows.</param>
    public abstract Func<IEnumerable<TrainingRow>?> CreateReader(DataViewRow row, TokenLabeller labeller);

    /// <summary>Checks the label column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, string name) =>
        InputColumn.Find(
            schema,
            name,
            nameof(SequenceTrainingOptions.LabelColumnName),
            Expected,
            column => column.IsKey && column.ItemType == NumberDataViewType.UInt32 && column.Kind != SchemaShape.Column.VectorKind.Scalar);

    /// <summary>Checks that the labels of another data set represent the same values.</summary>
    /// <exception cref="ArgumentException">The values differ.</exception>
    public void CheckSame(EntityLabels other)
    {
        if (!other.Values.Names.SequenceEqual(Values.Names))
            throw new ArgumentException(
                $"The labels of column '{Column.Name}' represent other values in the validation set than in the training data. " +
                "Transform both with one fitted MapValueToKey.",
                nameof(other));
    }
}
