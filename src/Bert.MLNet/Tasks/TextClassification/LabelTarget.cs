using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of labels that have names: one for each row, or any number.</summary>
internal abstract class LabelTarget(DataViewSchema.Column column, KeyValues labels) : TrainingTarget(column)
{
    private const string Expected = "a key (MapValueToKey makes one) or, for any number of labels, a vector of keys or of Boolean";

    /// <summary>What the keys, or the slots, stand for.</summary>
    public KeyValues Labels => labels;

    /// <summary>Finds the column that the options name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or has another type.</exception>
    public static LabelTarget Find(DataViewSchema schema, TextClassificationTrainer.Options options)
    {
        DataViewSchema.Column column = InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected, type => type is KeyDataViewType || MultiLabelTarget.Fits(type));
        return column.Type is KeyDataViewType ? new SingleLabelTarget(column, options) : new MultiLabelTarget(column, options);
    }

    /// <summary>The same before there are data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, TextClassificationTrainer.Options options) =>
        InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected, column => column.IsKey || column.ItemType == BooleanDataViewType.Instance && column.Kind == SchemaShape.Column.VectorKind.Vector);

    public override void CheckSame(TrainingTarget other)
    {
        if (!((LabelTarget)other).Labels.Names.SequenceEqual(Labels.Names))
            throw new ArgumentException($"The labels of column '{Column.Name}' stand for other values in the validation set than in the training data. Transform both with one fitted MapValueToKey.", nameof(other));
    }
}
