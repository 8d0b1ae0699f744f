using Microsoft.ML;

namespace Bert.MLNet.DataViews;

/// <summary>What a step that reads one or two texts has in common with every other.</summary>
internal abstract class TextMapper<TRow, TItem>(StepColumns columns, DataViewSchema schema) : BatchMapper<TRow, TItem>
    where TRow : TextRow, new()
    where TItem : class, IBatchItem
{
    private readonly DataViewSchema.Column[] _inputs = columns.Bind(schema);

    public sealed override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns => columns.Outputs;

    public sealed override IReadOnlyList<int> InputColumns => [.. _inputs.Select(input => input.Index)];

    public sealed override Action<TRow> CreateReader(DataViewRow input)
    {
        if (columns.HasWords)
            return WordsColumn.CreateReader(input, _inputs[0]);
        var text = input.GetGetter<ReadOnlyMemory<char>>(_inputs[0]);
        if (_inputs.Length == 1)
            return row => text(ref row.Text);
        var pair = input.GetGetter<ReadOnlyMemory<char>>(_inputs[1]);
        return row =>
        {
            text(ref row.Text);
            pair(ref row.Pair);
        };
    }

    public sealed override string Describe(TRow row)
    {
        string text = InputColumn.Describe(_inputs[0].Name, row.Text.Span);
        return _inputs.Length == 1 ? text : $"{text} and {InputColumn.Describe(_inputs[1].Name, row.Pair.Span)}";
    }
}
