using Bert.MLNet.Tokenization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Turns one or two columns of texts into columns of token ids for <c>ApplyBertEncoder</c> or any ONNX graph.</summary>
/// <remarks>
/// <para>
/// Input: a text column and, for pairs, a second one; missing text is treated as empty text. A row is <c>[CLS] text [SEP]</c> or
/// <c>[CLS] text [SEP] pair [SEP]</c>. Output: vectors with one value for each token. Their length is that of the row or, if rows
/// are padded, <see cref="Options.MaxLength"/>:
/// </para>
/// <list type="bullet">
/// <item>
/// <description><c>InputIds</c>, <c>AttentionMask</c>, <c>TokenTypeIds</c>: <see cref="long"/>, the type that ONNX graphs of BERT
/// require</description>
/// </item>
/// <item>
/// <description>on request, the tokens as text, and [length, 2] <see cref="int"/>: start and end of each token in its original
/// text</description>
/// </item>
/// </list>
/// <para>Nothing is trained: <see cref="Fit"/> only checks the schema.</para>
/// </remarks>
public sealed partial class BertTokenizerEstimator : IEstimator<BertTokenizerTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal BertTokenizerEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Resolve();
        _host = env.Register(nameof(BertTokenizerEstimator));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return TokenColumns.AddTo(inputSchema, _options);
    }

    /// <summary>Creates the transformer.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertTokenizerTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        TokenColumns.Bind(input.Schema, _options);
        return new BertTokenizerTransformer(_host, _options);
    }
}
