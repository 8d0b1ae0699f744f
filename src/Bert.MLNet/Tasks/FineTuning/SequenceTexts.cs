using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Converts one or two texts of a row to tokens.</summary>
/// <param name="text">The first text.</param>
/// <param name="pair">The second text; empty if rows have one.</param>
/// <param name="ids">Receives the token ids.</param>
/// <returns>The index of the first token of the second text.</returns>
internal delegate int SequenceEncoder(ReadOnlyMemory<char> text, ReadOnlyMemory<char> pair, List<int> ids);

/// <summary>The text columns of a row, and their conversion to tokens.</summary>
/// <param name="TextName">The name of the text column.</param>
/// <param name="PairName">The name of the column of second texts; null if rows have one text.</param>
/// <param name="Encode">Converts the texts to tokens.</param>
internal sealed record SequenceTexts(string TextName, string? PairName, SequenceEncoder Encode)
{
    private const string TextOption = nameof(SequenceTrainingOptions.Sentence1ColumnName);
    private const string PairOption = nameof(ClassificationTrainingOptions.Sentence2ColumnName);

    /// <summary>Creates texts that are read together, as one sequence.</summary>
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

    /// <summary>Checks the columns when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not text.</exception>
    public void Check(SchemaShape schema)
    {
        InputColumn.FindText(schema, TextName, TextOption);
        if (PairName is not null)
            InputColumn.FindText(schema, PairName, PairOption);
    }

    /// <summary>Finds the one or two text columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not text.</exception>
    public DataViewSchema.Column[] Bind(DataViewSchema schema) => PairName is null
        ? [InputColumn.FindText(schema, TextName, TextOption)]
        : [InputColumn.FindText(schema, TextName, TextOption), InputColumn.FindText(schema, PairName, PairOption)];
}
