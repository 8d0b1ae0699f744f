using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Turns two columns of texts into one column of features for ML.NET's trainers: combinations of both texts' vectors, concatenated.
/// </summary>
/// <remarks>
/// Input: two text columns; missing text is treated as empty text. Output: a vector of <see cref="float"/> of known size (number of
/// parts × the size of a text's vector), without slot names and, on request, a separate column with the cosine of the two vectors.
/// Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
/// </remarks>
public sealed partial class BertPairEmbeddingEstimator : IEstimator<BertPairEmbeddingTransformer>
{
    private readonly TextEstimator<BertPairEmbeddingTransformer> _step;

    internal BertPairEmbeddingEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = (Options)options.Resolve();
        IHost host = env.Register(nameof(BertPairEmbeddingEstimator));
        _step = new(host, options.Columns, () => new BertPairEmbeddingTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertPairEmbeddingTransformer Fit(IDataView input) => _step.Fit(input);
}
