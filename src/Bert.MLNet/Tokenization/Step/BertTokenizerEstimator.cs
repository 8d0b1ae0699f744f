using Bert.MLNet.DataViews;
using Bert.MLNet.Tokenization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Turns a column of texts, or two, into columns of token ids for an encoder: <c>ApplyBertEncoder</c>, or an ONNX graph of one's own.</summary>
/// <remarks>
/// <para>
/// Input: a text column, and for pairs a second one; missing text is empty text. A row is <c>[CLS] text [SEP]</c> or
/// <c>[CLS] text [SEP] pair [SEP]</c>. Output: vectors with one value a token, of the row's length, or all of
/// <see cref="Options.MaxLength"/> when they are padded to it:
/// </para>
/// <list type="bullet">
/// <item><description><c>InputIds</c>, <c>AttentionMask</c>, <c>TokenTypeIds</c>: <see cref="long"/>, the type that ONNX graphs of BERT take</description></item>
/// <item><description>on request the tokens as text, and [length, 2] <see cref="int"/>: begin and end of each token in its original text</description></item>
/// </list>
/// <para>Nothing is trained: <see cref="Fit"/> only checks the schema.</para>
/// </remarks>
public sealed class BertTokenizerEstimator : IEstimator<BertTokenizerTransformer>
{
    /// <summary>Settings of <see cref="BertTokenizerEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";

        /// <summary>The column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; set; }

        /// <summary>The column that receives the ids of the tokens. Default "InputIds".</summary>
        public string InputIdsColumnName { get; set; } = "InputIds";

        /// <summary>The column that receives 1 for each token and 0 for padding. Default "AttentionMask". Null: none.</summary>
        public string? AttentionMaskColumnName { get; set; } = "AttentionMask";

        /// <summary>The column that receives 1 for the tokens of the second text and its <c>[SEP]</c>, else 0. Default "TokenTypeIds". Null: none.</summary>
        public string? TokenTypeIdsColumnName { get; set; } = "TokenTypeIds";

        /// <summary>The column that receives the tokens as text. Default null: none.</summary>
        public string? TokensColumnName { get; set; }

        /// <summary>The column that receives where each token begins and ends in its original text, in UTF-16 units. Default null: none.</summary>
        public string? OffsetsColumnName { get; set; }

        /// <summary>The longest row in tokens, special ones included. Default null: the model's limit; for a tokenizer that knows none, unlimited.</summary>
        public int? MaxLength { get; set; }

        /// <summary>What gives way in a longer row. Default: the longer text.</summary>
        public BertTruncation Truncation { get; set; }

        /// <summary>Whether all rows are filled up to <see cref="MaxLength"/>. Default: <see cref="BertPadding.None"/>; <see cref="BertPadding.Longest"/> is no choice here, where rows come one by one.</summary>
        public BertPadding Padding { get; set; }

        /// <summary>Where padding goes. Default null: as the checkpoint says, else after the tokens.</summary>
        public BertPaddingSide? PaddingSide { get; set; }
    }

    private readonly IHost _host;
    private readonly BertTokenizer _tokenizer;
    private readonly TokenColumns _columns;

    internal BertTokenizerEstimator(IHostEnvironment env, BertTokenizer tokenizer, int? modelLimit, Options options)
    {
        _host = env.Register(nameof(BertTokenizerEstimator));
        _host.CheckValue(tokenizer, nameof(tokenizer));
        RequiredOptions.Check(options);
        _tokenizer = tokenizer;
        _columns = TokenColumns.Create(options, tokenizer, modelLimit);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return _columns.AddTo(inputSchema);
    }

    /// <summary>The transformer.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public BertTokenizerTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        _columns.Bind(input.Schema);
        return new BertTokenizerTransformer(_host, _tokenizer, _columns);
    }
}
