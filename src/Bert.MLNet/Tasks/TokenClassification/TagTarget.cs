using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>Reads the tags of a row's words from a column of vectors of keys or texts.</summary>
internal sealed class TagTarget
{
    private readonly string _name;
    private readonly EntityReader _reader;
    private readonly Dictionary<string, EntityTag>.AlternateLookup<ReadOnlySpan<char>> _known =
        new Dictionary<string, EntityTag>().GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly Action _read;

    /// <param name="row">The cursor.</param>
    /// <param name="column">A column of <see cref="Find"/>, active in the cursor.</param>
    /// <param name="reader">Parses a tag by the rules of its scheme.</param>
    public TagTarget(DataViewRow row, DataViewSchema.Column column, EntityReader reader)
    {
        _name = column.Name;
        _reader = reader;
        _read = CreateReader(row, column, text => Add(text.Span));
    }

    /// <summary>The tags of the row that was read last.</summary>
    public List<EntityTag> Tags { get; } = [];

    /// <summary>Finds the column with the given name, which must contain texts, or keys with values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string option)
    {
        DataViewSchema.Column column = InputColumn.Find(
            schema, name, option, "a vector of text, or of keys of UInt32 as created by MapValueToKey,",
            type => type is VectorDataViewType { ItemType: TextDataViewType } || IsKey(type));
        if (IsKey(column.Type) && KeyValues.Of(column) is null)
            throw new ArgumentOutOfRangeException(
                option,
                $"The keys of column '{name}' have no values, so their tags are unknown. " +
                "Create them with MapValueToKey from a column of texts.");
        return column;
    }

    /// <summary>Reads the tags of the cursor's row into <see cref="Tags"/>.</summary>
    /// <exception cref="FormatException">A tag is not part of the scheme.</exception>
    public void Read()
    {
        Tags.Clear();
        _read();
    }

    /// <summary>Creates a delegate that passes on the texts of the current row, one by one. A missing key becomes an empty text.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="column">A column of <see cref="Find"/>, active in the cursor.</param>
    /// <param name="add">Receives each text.</param>
    public static Action CreateReader(DataViewRow row, DataViewSchema.Column column, Action<ReadOnlyMemory<char>> add)
    {
        if (!IsKey(column.Type))
            return Reader<ReadOnlyMemory<char>>(row, column, add);
        ReadOnlyMemory<char>[] names =
            ["".AsMemory(), .. KeyValues.Of(column)!.Names.Select(name => name.AsMemory())]; // 0 is a missing key
        return Reader<uint>(row, column, key => add(names[key]));
    }

    private static Action Reader<T>(DataViewRow row, DataViewSchema.Column column, Action<T> add)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> values = default;
        return () =>
        {
            getter(ref values);
            foreach (T value in values.DenseValues())
                add(value);
        };
    }

    private static bool IsKey(DataViewType type) =>
        type is VectorDataViewType { ItemType: KeyDataViewType key } && key.RawType == typeof(uint);

    private void Add(ReadOnlySpan<char> text)
    {
        if (!_known.TryGetValue(text, out EntityTag tag))
            _known[text] = tag = Parse(text);
        Tags.Add(tag);
    }

    private EntityTag Parse(ReadOnlySpan<char> text)
    {
        try
        {
            return _reader.Parse(text);
        }
        catch (FormatException error)
        {
            throw new FormatException($"Column '{_name}': {error.Message}", error);
        }
    }
}
