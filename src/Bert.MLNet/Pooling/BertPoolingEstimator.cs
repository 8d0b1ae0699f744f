using Bert.MLNet.DataViews;
using Bert.MLNet.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Turns the hidden states of a row's tokens, as computed by <c>ApplyBertEncoder</c>, into one vector.</summary>
/// <remarks>
/// Input: a column [length, hidden size] of <see cref="float"/> and, if tokens can be masked, a column of masks. Output: a vector
/// of <see cref="float"/> of known size (the hidden size times the number of poolings), without slot names. The computation is the
/// same as in sentence-transformers. Nothing is trained.
/// </remarks>
public sealed partial class BertPoolingEstimator : IEstimator<BertPoolingTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal BertPoolingEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Resolve();
        _host = env.Register(nameof(BertPoolingEstimator));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        PoolingColumns.Check(inputSchema, _options);
        return OutputShape.Add(inputSchema, OutputShape.Vector(_options.OutputColumnName, NumberDataViewType.Single));
    }

    /// <summary>Creates the transformer.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type or dimensions that do not fit.</exception>
    public BertPoolingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        PoolingColumns.Bind(input.Schema, _options);
        return new BertPoolingTransformer(_host, _options);
    }
}
