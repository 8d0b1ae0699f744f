using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>
/// The columns of a text's entities and their positions. They are vectors of types (text or keys), starts and ends (UTF-16 code units),
/// of the same length in a row.
/// </summary>
/// <param name="Types">The type column, and the option in which the user named it.</param>
/// <param name="Starts">The start column.</param>
/// <param name="Ends">The end column.</param>
internal sealed record SpanColumns(
    (string Name, string Option) Types, (string Name, string Option) Starts, (string Name, string Option) Ends)
{
    private const string ExpectedPositions = "a vector of Int32";

    /// <summary>Finds the three columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public DataViewSchema.Column[] Bind(DataViewSchema schema)
    {
        return [TagTarget.Find(schema, Types.Name, Types.Option), Places(Starts), Places(Ends)];

        DataViewSchema.Column Places((string Name, string Option) column) =>
            InputColumn.Find(
                schema,
                column.Name,
                column.Option,
                ExpectedPositions,
                type => type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Int32);
    }

    /// <summary>Checks the columns of positions when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public void CheckPositions(SchemaShape schema)
    {
        foreach ((string name, string option) in new[] { Starts, Ends })
            InputColumn.Find(schema, name, option, ExpectedPositions, column => column.Kind != SchemaShape.Column.VectorKind.Scalar
                && !column.IsKey && column.ItemType == NumberDataViewType.Int32);
    }

    /// <summary>
    /// Creates a delegate that returns the entities of the current row in a reused list. Entities with a missing type are skipped.
    /// </summary>
    /// <param name="row">The cursor.</param>
    /// <param name="columns">The columns of <see cref="Bind"/>.</param>
    public Func<List<EntitySpan>> CreateReader(DataViewRow row, DataViewSchema.Column[] columns)
    {
        var getStarts = row.GetGetter<VBuffer<int>>(columns[1]);
        var getEnds = row.GetGetter<VBuffer<int>>(columns[2]);
        VBuffer<int> starts = default, ends = default;
        List<string> types = [];
        Action getTypes = TagTarget.CreateReader(row, columns[0], type => types.Add(type.ToString()));
        List<EntitySpan> entities = [];
        return () =>
        {
            types.Clear();
            getTypes();
            getStarts(ref starts);
            getEnds(ref ends);
            if (types.Count != starts.Length || types.Count != ends.Length)
            {
                throw new InvalidOperationException(
                    $"Row {row.Position} has {types.Count} types in '{Types.Name}', {starts.Length} starts in '{Starts.Name}' " +
                    $"and {ends.Length} ends in '{Ends.Name}'. Give one of each for every entity.");
            }
            entities.Clear();
            for (int i = 0; i < types.Count; i++)
            {
                if (types[i].Length > 0)
                    entities.Add(new EntitySpan(types[i], starts.GetItemOrDefault(i), ends.GetItemOrDefault(i)));
            }
            return entities;
        };
    }
}
