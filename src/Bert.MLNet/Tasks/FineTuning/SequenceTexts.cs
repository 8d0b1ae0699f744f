using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Makes tokens of a row's text, or of its two.</summary>
/// <param name="text">The first text.</param>
/// <param name="pair">The second; empty where rows have one.</param>
/// <param name="ids">Receives the tokens.</param>
/// <returns>Where those of the second text begin.</returns>
internal delegate int SequenceEncoder(ReadOnlyMemory<char> text, ReadOnlyMemory<char> pair, List<int> ids);

/// <summary>The columns of a row's texts, and how these become tokens.</summary>
/// <param name="TextName">The column of texts.</param>
/// <param name="PairName">The column of second texts; null: rows have one text.</param>
/// <param name="Encode">Makes the tokens.</param>
internal sealed record SequenceTexts(string TextName, string? PairName, SequenceEncoder Encode)
{
    private const string TextOption = nameof(SequenceTrainingOptions.Sentence1ColumnName);
    private const string PairOption = nameof(ClassificationTrainingOptions.Sentence2ColumnName);

    /// <summary>Texts that are read at once, as one sequence.</summary>
    public static SequenceTexts OneSequence(BertModel model, string textName, string? pairName, int maxLength)
    {
        bool hasPair = pairName is not null;
        model.CheckMaxLength(maxLength, hasPair);
        return new SequenceTexts(textName, pairName, (text, pair, ids) =>
        {
            model.Tokenizer.EncodeTo(text.Span, pair.Span, hasPair, maxLength, BertTruncation.LongestFirst, ids, out int pairStart);
            return pairStart;
        });
    }

    /// <summary>Checks the columns before there are data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing or is no text.</exception>
    public void Check(SchemaShape schema)
    {
        InputColumn.FindText(schema, TextName, TextOption);
        if (PairName is not null)
            InputColumn.FindText(schema, PairName, PairOption);
    }

    /// <summary>The columns of texts: one or two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing or is no text.</exception>
    public DataViewSchema.Column[] Bind(DataViewSchema schema) => PairName is null
        ? [InputColumn.FindText(schema, TextName, TextOption)]
        : [InputColumn.FindText(schema, TextName, TextOption), InputColumn.FindText(schema, PairName, PairOption)];
}
