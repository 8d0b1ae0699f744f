using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>Output columns that are parts of one answer for a row.</summary>
internal sealed class AnswerColumns<TAnswer>
{
    private readonly List<(DataViewSchema.DetachedColumn Column, Func<Func<TAnswer>, Delegate> CreateGetter)> _columns = [];

    public IReadOnlyList<DataViewSchema.DetachedColumn> Columns => [.. _columns.Select(column => column.Column)];

    /// <summary>Adds a column of single values.</summary>
    public void AddValue<T>(string name, PrimitiveDataViewType type, Func<TAnswer, T> part) => AddValue(new(name, type), part);

    /// <summary>Adds a column of single values with annotations.</summary>
    public void AddValue<T>(DataViewSchema.DetachedColumn column, Func<TAnswer, T> part) =>
        _columns.Add((column, answer => (ValueGetter<T>)((ref T value) => value = part(answer()))));

    /// <summary>Adds a column of vectors.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="type">The type of the vector's items.</param>
    /// <param name="part">Returns the values.</param>
    /// <param name="dimensions">
    /// The vector's dimensions, with 0 for a dimension that varies from row to row. Default: one such dimension.
    /// </param>
    public void AddVector<T>(
        string name,
        PrimitiveDataViewType type,
        Func<TAnswer, IEnumerable<T>> part,
        params ReadOnlySpan<int> dimensions) =>
        AddVector(new(name, new VectorDataViewType(type, dimensions.IsEmpty ? [0] : dimensions.ToArray())), part);

    /// <summary>Adds a column of vectors with annotations.</summary>
    public void AddVector<T>(DataViewSchema.DetachedColumn column, Func<TAnswer, IEnumerable<T>> part) =>
        _columns.Add((column, answer => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            T[] values = [.. part(answer())];
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, values.Length);
            values.CopyTo(editor.Values);
            value = editor.Commit();
        })));

    public Delegate CreateGetter(int column, Func<TAnswer> answer) => _columns[column].CreateGetter(answer);
}
