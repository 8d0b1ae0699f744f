using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>Finds an input column and checks its type before any work starts. Errors say what to do.</summary>
internal static class InputColumn
{
    /// <summary>Finds the column <paramref name="name"/> and checks that its type satisfies <paramref name="fits"/>.</summary>
    /// <param name="schema">The schema that contains the column.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="option">The parameter in which the user named the column.</param>
    /// <param name="expected">A description of the accepted types, such as "text" or "a vector of Int64".</param>
    /// <param name="fits">The check of the type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(
        DataViewSchema schema, string name, string option, string expected, Func<DataViewType, bool> fits)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw Missing(name, option, schema.Where(c => !c.IsHidden).Select(c => c.Name));
        if (!fits(column.Type))
            throw WrongType(name, option, expected, column.Type.ToString()!);
        return column;
    }

    /// <summary>Finds a text column.</summary>
    public static DataViewSchema.Column FindText(DataViewSchema schema, string name, string option) =>
        Find(schema, name, option, "text", type => type is TextDataViewType);

    /// <summary>Finds and checks a column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape.Column Find(
        SchemaShape schema, string name, string option, string expected, Func<SchemaShape.Column, bool> fits)
    {
        if (!schema.TryFindColumn(name, out SchemaShape.Column column))
            throw Missing(name, option, schema.Select(c => c.Name));
        if (!fits(column))
            throw WrongType(name, option, expected, column.GetTypeString());
        return column;
    }

    /// <summary>Finds a text column.</summary>
    public static SchemaShape.Column FindText(SchemaShape schema, string name, string option) =>
        Find(schema, name, option, "text", c => c.Kind == SchemaShape.Column.VectorKind.Scalar && c.ItemType == TextDataViewType.Instance);

    /// <summary>Describes a column by its name and the first characters of its text, for error messages.</summary>
    public static string Describe(string columnName, ReadOnlySpan<char> text) =>
        text.Length > 40 ? $"column '{columnName}' (\"{text[..40]}…\")" : $"column '{columnName}' (\"{text}\")";

    private static ArgumentOutOfRangeException Missing(string name, string option, IEnumerable<string> names) => new(
            option,
            $"Could not find the input column '{name}'. " +
        $"The data has the columns {string.Join(", ", names.Distinct().Select(n => $"'{n}'"))}; " +
            $"name one of them in {option}.");

    private static ArgumentOutOfRangeException WrongType(string name, string option, string expected, string actual) => new(
        option, $"Column '{name}' has the type {actual}, but {expected} is needed here. Convert it, or name another column in {option}.");
}
