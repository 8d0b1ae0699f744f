using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The columns that an estimator promises before it has seen data.</summary>
internal static class OutputShape
{
    /// <summary>A vector of known size.</summary>
    public static SchemaShape.Column Vector(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Vector, itemType, isKey: false);

    /// <summary>A vector whose size differs from row to row.</summary>
    public static SchemaShape.Column VariableVector(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.VariableVector, itemType, isKey: false);

    /// <summary>A single value.</summary>
    public static SchemaShape.Column Scalar(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, itemType, isKey: false);

    /// <summary>The shape with columns added whose types and annotations are known before any data is: as real ones are made of them.</summary>
    public static SchemaShape Add(SchemaShape schema, IEnumerable<DataViewSchema.DetachedColumn> added)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(added);
        return Add(schema, [.. SchemaShape.Create(builder.ToSchema())]);
    }

    /// <summary>The shape with columns added; a column of the same name is replaced.</summary>
    public static SchemaShape Add(SchemaShape schema, params ReadOnlySpan<SchemaShape.Column> added)
    {
        Dictionary<string, SchemaShape.Column> columns = schema.ToDictionary(c => c.Name);
        foreach (SchemaShape.Column column in added)
            columns[column.Name] = column;
        return new SchemaShape(columns.Values);
    }

    /// <summary>The shapes of columns whose labels are the values behind a key column, of which only the type is known yet.</summary>
    /// <param name="keys">The shape of the key column.</param>
    /// <param name="columns">The columns, with any labels.</param>
    public static IEnumerable<SchemaShape.Column> WithKeyValuesOf(SchemaShape.Column keys, params IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        bool isKnown = keys.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out SchemaShape.Column values);
        foreach (SchemaShape.Column column in Add(new SchemaShape([]), columns))
        {
            yield return new SchemaShape.Column(column.Name, column.Kind, column.ItemType, column.IsKey, new SchemaShape(column.Annotations.Select(annotation =>
                isKnown && annotation.Name is AnnotationUtils.Kinds.KeyValues or AnnotationUtils.Kinds.TrainingLabelValues
                    ? new SchemaShape.Column(annotation.Name, values.Kind, values.ItemType, values.IsKey)
                    : annotation)));
        }
    }
}
