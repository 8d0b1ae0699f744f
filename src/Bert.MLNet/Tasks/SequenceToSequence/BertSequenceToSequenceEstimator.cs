using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Writes a text for each text, such as a translation or a summary, with a checkpoint of an encoder and a decoder.
/// </summary>
/// <remarks>
/// <para>
/// Input: a text column; missing text is treated as empty text. Output: the text with the highest score and, optionally, its score, the
/// best texts as a vector of text, and their scores. <see cref="BertGenerationOptions"/> describes scores and lengths.
/// </para>
/// <para>
/// Sources are sorted by length and encoded in batches. All texts of a batch are continued at the same time, a token per step; the keys and
/// values of earlier tokens are kept, and those of a source are computed once. Nothing is trained: <see cref="Fit"/> only checks the schema
/// and opens the checkpoint. <see cref="SequenceToSequenceTrainer"/> trains one.
/// </para>
/// </remarks>
public sealed partial class BertSequenceToSequenceEstimator : IEstimator<BertSequenceToSequenceTransformer>
{
    private readonly TextEstimator<BertSequenceToSequenceTransformer> _step;

    internal BertSequenceToSequenceEstimator(IHostEnvironment env, Options options)
    {
        RequiredOptions.Check(options);
        options = options.Resolve();
        IHost host = env.Register(nameof(BertSequenceToSequenceEstimator));
        _step = new(host, SequenceToSequenceOutputs.ColumnsOf(options), () => new BertSequenceToSequenceTransformer(host, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <summary>Creates the transformer. Dispose it, or the chain that contains it, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not text.</exception>
    public BertSequenceToSequenceTransformer Fit(IDataView input) => _step.Fit(input);

    /// <summary>Creates the transformer without data.</summary>
    internal BertSequenceToSequenceTransformer Create() => _step.Create();
}
