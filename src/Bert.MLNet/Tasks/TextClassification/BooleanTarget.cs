using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of Boolean values: two labels, of which the second represents true.</summary>
internal sealed class BooleanTarget(DataViewSchema schema, ClassificationTrainingOptions options) : SingleLabelTarget(
    InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected, type => type is BooleanDataViewType),
    KeyValues.Of([bool.FalseString, bool.TrueString]), options)
{
    private const string Expected = "Boolean";

    /// <summary>Checks the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static void Check(SchemaShape schema, ClassificationTrainingOptions options) =>
        InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected,
            column => column.ItemType == BooleanDataViewType.Instance && column.Kind == SchemaShape.Column.VectorKind.Scalar);

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        ValueGetter<bool> getter = row.GetGetter<bool>(Column);
        bool value = false;
        return () =>
        {
            getter(ref value);
            return [value ? 1 : 0];
        };
    }
}
