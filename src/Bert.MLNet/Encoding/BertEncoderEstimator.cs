using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Computes hidden states from columns of token ids, such as those of <c>ApplyBertTokenizer</c>, with a checkpoint's encoder.
/// </summary>
/// <remarks>
/// <para>
/// Input: vectors of <see cref="long"/> or <see cref="int"/>, one value per token, all of the same length within a row. Output: vectors of
/// <see cref="float"/>
/// with the dimensions below. In a row's vector, the last dimension changes fastest. <c>length</c> is the
/// row's number of tokens. In the column type it is 0, which means unknown, unless the column of ids has a known size.
/// </para>
/// <list type="bullet">
/// <item><description><c>LastHiddenState</c> [length, hidden size]</description></item>
/// <item><description><c>PoolerOutput</c> [hidden size]</description></item>
/// <item><description><c>HiddenStates</c> [requested layers, length, hidden size]</description></item>
/// <item><description><c>Attentions</c> [requested layers, heads, length, length]: for each query token, the probabilities of all
/// tokens</description></item>
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

    /// <summary>Creates the transformer. Dispose of it, or of the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not a vector of integers.</exception>
    public BertEncoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        EncoderColumns.Bind(input.Schema, _options);
        return new BertEncoderTransformer(_host, _options);
    }
}
