using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>
/// A column of words: a vector of texts, or a text with one space between words, as in <c>text.Split(' ')</c>. Missing or empty text
/// has no words.
/// </summary>
internal static class WordsColumn
{
    private const string Expected = "text, or a vector of text with a word in each slot,";

    /// <summary>Finds the column with the given name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string option) =>
        InputColumn.Find(
            schema, name, option, Expected, type => type is TextDataViewType or VectorDataViewType { ItemType: TextDataViewType });

    /// <summary>Finds the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, string name, string option) =>
        InputColumn.Find(schema, name, option, Expected, column => column.ItemType == TextDataViewType.Instance);

    /// <summary>
    /// Creates a delegate that copies the text of the current row and the positions of its words. Words of a vector are joined by
    /// spaces.
    /// </summary>
    public static Action<TextRow> CreateReader(DataViewRow row, DataViewSchema.Column column) =>
        column.Type is TextDataViewType ? TextReader(row, column) : VectorReader(row, column);

    /// <summary>Finds the words of a row's text.</summary>
    public static void Split(TextRow row)
    {
        row.Words.Clear();
        if (row.Text.IsEmpty)
            return;
        foreach (Range word in row.Text.Span.Split(' '))
            row.Words.Add((word.Start.Value, word.End.Value));
    }

    private static Action<TextRow> TextReader(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        return into =>
        {
            getter(ref into.Text);
            Split(into);
        };
    }

    private static Action<TextRow> VectorReader(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> words = default;
        var text = new StringBuilder();
        return into =>
        {
            getter(ref words);
            text.Clear();
            into.Words.Clear();
            foreach (ReadOnlyMemory<char> word in words.DenseValues())
            {
                if (into.Words.Count > 0)
                    text.Append(' ');
                into.Words.Add((text.Length, text.Length + word.Length));
                text.Append(word.Span);
            }
            into.Text = text.ToString().AsMemory();
        };
    }
}
