using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The columns that an estimator declares before it has seen data.</summary>
internal static class OutputShape
{
    /// <summary>Describes a vector of known size.</summary>
    public static SchemaShape.Column Vector(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Vector, itemType, isKey: false);

    /// <summary>Describes a vector whose size varies from row to row.</summary>
    public static SchemaShape.Column VariableVector(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.VariableVector, itemType, isKey: false);

    /// <summary>Describes a single value.</summary>
    public static SchemaShape.Column Scalar(string name, PrimitiveDataViewType itemType) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, itemType, isKey: false);

    /// <summary>Adds columns whose types and annotations are known before there is any data.</summary>
    public static SchemaShape Add(SchemaShape schema, IEnumerable<DataViewSchema.DetachedColumn> added)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(added);
        return Add(schema, [.. SchemaShape.Create(builder.ToSchema())]);
    }

    /// <summary>Adds columns to the shape. A column with the same name is replaced.</summary>
    public static SchemaShape Add(SchemaShape schema, params ReadOnlySpan<SchemaShape.Column> added)
    {
        Dictionary<string, SchemaShape.Column> columns = schema.ToDictionary(c => c.Name);
        foreach (SchemaShape.Column column in added)
            columns[column.Name] = column;
        return new SchemaShape(columns.Values);
    }

    /// <summary>
    /// Returns the shapes of columns whose labels are the values of a key column. Only the type of these values is known yet.
    /// </summary>
    /// <param name="keys">The shape of the key column.</param>
    /// <param name="columns">The columns, with arbitrary labels.</param>
    public static IEnumerable<SchemaShape.Column> WithKeyValuesOf(
        SchemaShape.Column keys, params IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        bool isKnown = keys.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out SchemaShape.Column values);
        foreach (SchemaShape.Column column in Add(new SchemaShape([]), columns))
        {
            yield return new SchemaShape.Column(column.Name, column.Kind, column.ItemType, column.IsKey,
                new SchemaShape(column.Annotations.Select(annotation =>
                isKnown && annotation.Name is AnnotationUtils.Kinds.KeyValues or AnnotationUtils.Kinds.TrainingLabelValues
                    ? new SchemaShape.Column(annotation.Name, values.Kind, values.ItemType, values.IsKey)
                    : annotation)));
        }
    }
}
