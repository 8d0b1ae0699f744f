using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertTokenizerEstimator.Options;

namespace Bert.MLNet.Tokenization;

/// <summary>The columns that a tokenizing step reads and adds.</summary>
internal static class TokenColumns
{
    /// <summary>Returns the added columns, in order.</summary>
    public static IReadOnlyList<(TokenOutput Kind, string Name)> OutputsOf(Options options) =>
    [
        .. new[]
        {
            (TokenOutput.InputIds, options.InputIdsColumnName), (TokenOutput.AttentionMask, options.AttentionMaskColumnName),
            (TokenOutput.TokenTypeIds, options.TokenTypeIdsColumnName), (TokenOutput.Tokens, options.TokensColumnName),
            (TokenOutput.Offsets, options.OffsetsColumnName),
        }.Where(output => output.Item2 is not null).Select(output => (output.Item1, output.Item2!)),
    ];

    /// <summary>Returns the type of an added column.</summary>
    public static VectorDataViewType TypeOf(TokenOutput output, Options options)
    {
        int length = options.Pads ? options.MaxLength!.Value : 0;
        return output == TokenOutput.Offsets
            ? new VectorDataViewType(ItemOf(output), length, 2)
            : new VectorDataViewType(ItemOf(output), length);
    }

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public static SchemaShape AddTo(SchemaShape schema, Options options)
    {
        InputColumn.FindText(schema, options.InputColumnName, nameof(options.InputColumnName));
        if (options.PairColumnName is { } pair)
            InputColumn.FindText(schema, pair, nameof(options.PairColumnName));
        return OutputShape.Add(schema, [.. OutputsOf(options).Select(output => options.Pads
            ? OutputShape.Vector(output.Name, ItemOf(output.Kind))
            : OutputShape.VariableVector(output.Name, ItemOf(output.Kind)))]);
    }

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public static (DataViewSchema.Column Text, DataViewSchema.Column? Pair) Bind(DataViewSchema schema, Options options) => (
        InputColumn.FindText(schema, options.InputColumnName, nameof(options.InputColumnName)),
        options.PairColumnName is { } pair ? InputColumn.FindText(schema, pair, nameof(options.PairColumnName)) : null);

    private static PrimitiveDataViewType ItemOf(TokenOutput output) => output switch
    {
        TokenOutput.Tokens => TextDataViewType.Instance,
        TokenOutput.Offsets => NumberDataViewType.Int32,
        _ => NumberDataViewType.Int64,
    };
}
