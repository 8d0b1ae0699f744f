using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Encoders;

/// <summary>An input column with a number for each token: a vector of Int64, or of Int32, which is converted.</summary>
internal static class TokenInputColumn
{
    private const string Expected = "a vector of Int64 or Int32";

    /// <summary>Finds the column and checks its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string option) =>
        InputColumn.Find(schema, name, option, Expected, type => type is VectorDataViewType vector && IsInteger(vector.ItemType));

    /// <inheritdoc cref="Find(DataViewSchema, string, string)"/>
    public static SchemaShape.Column Find(SchemaShape schema, string name, string option) =>
        InputColumn.Find(schema, name, option, Expected,
            column => column.Kind != SchemaShape.Column.VectorKind.Scalar && IsInteger(column.ItemType));

    /// <summary>Creates a delegate that copies the current row's values and returns their number; the array grows as needed.</summary>
    public static Reader CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (((VectorDataViewType)column.Type).ItemType == NumberDataViewType.Int64)
        {
            var getter = row.GetGetter<VBuffer<long>>(column);
            VBuffer<long> values = default;
            return (ref long[] target) =>
            {
                getter(ref values);
                Reserve(ref target, values.Length);
                values.CopyTo(target);
                return values.Length;
            };
        }
        else
        {
            var getter = row.GetGetter<VBuffer<int>>(column);
            VBuffer<int> values = default;
            return (ref long[] target) =>
            {
                getter(ref values);
                Reserve(ref target, values.Length);
                target.AsSpan(0, values.Length).Clear();
                foreach ((int index, int value) in values.Items())
                    target[index] = value;
                return values.Length;
            };
        }
    }

    /// <summary>Copies a row's values and returns their number.</summary>
    public delegate int Reader(ref long[] target);

    private static bool IsInteger(DataViewType type) => type == NumberDataViewType.Int64 || type == NumberDataViewType.Int32;

    private static void Reserve(ref long[] target, int count)
    {
        if (target.Length < count)
            target = new long[Math.Max(count, 2 * target.Length)];
    }
}
