using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Runs a checkpoint's encoder over columns of token ids, as <c>ApplyBertTokenizer</c> makes them: tokens to hidden states.</summary>
/// <remarks>
/// <para>
/// Input: vectors of <see cref="long"/> or <see cref="int"/>, one value a token, of one length in a row. Output: vectors of <see cref="float"/>
/// whose dimensions are given below; a row's vector holds them one after the other, the last dimension first to change. <c>length</c> is the
/// row's number of tokens: 0, which is unknown, among the column type's dimensions, unless the column of ids has a known size.
/// </para>
/// <list type="bullet">
/// <item><description><c>LastHiddenState</c> [length, hidden size]</description></item>
/// <item><description><c>PoolerOutput</c> [hidden size]</description></item>
/// <item><description><c>HiddenStates</c> [layers asked for, length, hidden size]</description></item>
/// <item><description><c>Attentions</c> [layers asked for, heads, length, length]: for each token as query the probabilities of all tokens</description></item>
/// </list>
/// <para>Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.</para>
/// </remarks>
public sealed partial class BertEncoderEstimator : IEstimator<BertEncoderTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal BertEncoderEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Resolve();
        _host = env.Register(nameof(BertEncoderEstimator));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not a vector of integers.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return EncoderColumns.AddTo(inputSchema, _options);
    }

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not a vector of integers.</exception>
    public BertEncoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        EncoderColumns.Bind(input.Schema, _options);
        return new BertEncoderTransformer(_host, _options);
    }
}
