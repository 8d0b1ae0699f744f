using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>A column with one value, or a vector of several values, in each row.</summary>
internal static class OneOrManyColumn
{
    /// <summary>Finds the column with the given name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string option, PrimitiveDataViewType itemType) =>
        InputColumn.Find(
            schema,
            name,
            option,
            Expected(itemType),
            type => type == itemType || type is VectorDataViewType vector && vector.ItemType == itemType);

    /// <summary>Finds the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, string name, string option, PrimitiveDataViewType itemType) =>
        InputColumn.Find(schema, name, option, Expected(itemType), column => column.ItemType == itemType && !column.IsKey);

    /// <summary>Creates a delegate that returns the values of the current row.</summary>
    public static Func<T[]> CreateReader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            var several = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> values = default;
            return () =>
            {
                several(ref values);
                return [.. values.DenseValues()];
            };
        }
        var one = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            one(ref value);
            return [value];
        };
    }

    private static string Expected(PrimitiveDataViewType itemType)
    {
        string type = itemType is TextDataViewType ? "text" : itemType.ToString()!;
        return $"{type} or a vector of {type}";
    }
}
