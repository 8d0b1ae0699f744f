using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Scores pairs of texts, such as their similarity or the relevance of a passage to a query, with a cross-encoder.</summary>
/// <remarks>
/// Input: two text columns; missing text is treated as empty text. If a pair is too long, the longer text is truncated. Output: the
/// <see cref="float"/> that sentence-transformers' <c>CrossEncoder</c> computes, for ML.NET's <c>Regression.Evaluate</c> or for
/// sorting passages. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
/// </remarks>
public sealed partial class BertCrossEncoderEstimator : IEstimator<BertCrossEncoderTransformer>
{
    private readonly TextEstimator<BertCrossEncoderTransformer> _step;

    internal BertCrossEncoderEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        EncoderOutput.SequenceLogits.Check(options.Checkpoint);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertCrossEncoderEstimator));
        StepColumns columns = PairScoreColumns.Of(options.InputColumnName, options.PairColumnName, options.OutputColumnName);
        _step = new(host, columns, () => new BertCrossEncoderTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public BertCrossEncoderTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertCrossEncoderTransformer Create() => _step.Create();
}
