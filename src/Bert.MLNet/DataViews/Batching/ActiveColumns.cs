using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The columns that a consumer requested, split into added columns and columns of the source.</summary>
internal sealed class ActiveColumns
{
    private readonly ColumnBindings _bindings;
    private readonly bool[] _active;

    public ActiveColumns(ColumnBindings bindings, IEnumerable<DataViewSchema.Column> columns)
    {
        _bindings = bindings;
        _active = new bool[bindings.Schema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            if (column.Index >= _active.Length || bindings.Schema[column.Index].Name != column.Name)
                throw new ArgumentException(
                    $"The column '{column.Name}' (index {column.Index}) does not belong to this data's schema.", nameof(columns));
            _active[column.Index] = true;
        }
        Outputs = [.. bindings.AddedColumnIndices.Select(i => _active[i])];
        bool[] inputs = bindings.GetActiveInput(i => _active[i]);
        PassThrough = [.. bindings.InputSchema.Where(c => inputs[c.Index])];
    }

    /// <summary>For each added column, whether it was requested.</summary>
    public bool[] Outputs { get; }

    public bool AnyOutput => Outputs.Contains(true);

    /// <summary>The columns of the source that are passed through.</summary>
    public IReadOnlyList<DataViewSchema.Column> PassThrough { get; }

    public bool Contains(DataViewSchema.Column column) => column.Index < _active.Length && _active[column.Index];

    /// <summary>
    /// The columns to read from the source: those passed through and, if an added column was requested, the mapper's inputs.
    /// </summary>
    public IReadOnlyList<DataViewSchema.Column> Inputs(IEnumerable<int> mapperInputs) => AnyOutput
        ? [.. PassThrough.Select(c => c.Index).Union(mapperInputs).Order().Select(i => _bindings.InputSchema[i])]
        : PassThrough;
}
