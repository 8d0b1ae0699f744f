using System.Reflection;
using Microsoft.ML;

namespace Bert.MLNet.Tests;

/// <summary>What an estimator promises before it is fitted must be what its transformer does.</summary>
internal static class SchemaAssert
{
    /// <summary>The shape that a chain of estimators hands to the next one.</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, [schema])!;

    /// <summary>Compares names, vector kinds, item types, keys and annotations of all columns.</summary>
    public static void Agrees(SchemaShape promised, DataViewSchema real)
    {
        SchemaShape actual = ShapeOf(real);
        Assert.Equal(actual.Select(c => c.Name).Order(), promised.Select(c => c.Name).Order());
        foreach (SchemaShape.Column column in actual)
        {
            SchemaShape.Column other = promised.Single(c => c.Name == column.Name);
            Assert.Equal((column.Kind, column.ItemType, column.IsKey), (other.Kind, other.ItemType, other.IsKey));
            Assert.Equal(column.Annotations.Select(a => a.Name).Order(), other.Annotations.Select(a => a.Name).Order());
        }
    }
}
