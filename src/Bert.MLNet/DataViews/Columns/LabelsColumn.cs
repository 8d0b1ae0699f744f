using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>
/// A column of each row's labels: a vector of text with a label in each slot, or a text with commas between labels. Blank labels are
/// skipped.
/// </summary>
internal static class LabelsColumn
{
    /// <summary>Finds the column with the given name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string option) =>
        OneOrManyColumn.Find(schema, name, option, TextDataViewType.Instance);

    /// <summary>Finds the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, string name, string option) =>
        OneOrManyColumn.Find(schema, name, option, TextDataViewType.Instance);

    /// <summary>Creates a delegate that returns the labels of the current row.</summary>
    public static Func<IReadOnlyList<string>> CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        Func<ReadOnlyMemory<char>[]> values = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, column);
        return column.Type is VectorDataViewType
            ? () => [.. values().Select(value => value.ToString()).Where(label => !string.IsNullOrWhiteSpace(label))]
            : () => values()[0].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
