using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Turns a column of texts into a column of vectors for ML.NET's trainers. Tokenizes, encodes and pools in one step.</summary>
/// <remarks>
/// Input: a text column; missing text is treated as empty text. Output: a vector of <see cref="float"/> of known size (the model's
/// hidden size times the number of poolings), without slot names. Nothing is trained: <see cref="Fit"/> only checks the schema and
/// opens the encoder.
/// </remarks>
public sealed partial class BertEmbeddingEstimator : IEstimator<BertEmbeddingTransformer>
{
    private readonly TextEstimator<BertEmbeddingTransformer> _step;

    internal BertEmbeddingEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = (Options)options.Resolve();
        IHost host = env.Register(nameof(BertEmbeddingEstimator));
        _step = new(host, options.Columns, () => new BertEmbeddingTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertEmbeddingTransformer Fit(IDataView input) => _step.Fit(input);
}
