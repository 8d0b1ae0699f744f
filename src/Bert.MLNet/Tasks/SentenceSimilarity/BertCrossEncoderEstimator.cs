using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Scores pairs of texts with a checkpoint that was fine-tuned to read both at once: how alike they are, or how well a passage answers a query.</summary>
/// <remarks>
/// Input: two text columns; missing text is empty text, of a long pair the longer text is cut. Output: a <see cref="float"/>, as
/// sentence-transformers' <c>CrossEncoder</c> gives it, for ML.NET's <c>Regression.Evaluate</c>, or to sort passages by. Nothing is trained:
/// <see cref="Fit"/> only checks the schema and opens the encoder.
/// </remarks>
public sealed class BertCrossEncoderEstimator : IEstimator<BertCrossEncoderTransformer>
{
    /// <summary>Settings of <see cref="BertCrossEncoderEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column of scores that is added. Default "Score".</summary>
        public string OutputColumnName { get; set; } = "Score";

        /// <summary>The column of first texts: queries, where passages are ranked. Default "Sentence1".</summary>
        public string InputColumnName1 { get; set; } = "Sentence1";

        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string InputColumnName2 { get; set; } = "Sentence2";

        /// <summary>What is done to the logit. Default null: what the checkpoint's files say, else <see cref="BertScoreActivation.Sigmoid"/>.</summary>
        public BertScoreActivation? Activation { get; set; }

        /// <summary>The longest sequence in tokens, special ones included; of what is longer the longer text is cut. Default null: as much as the checkpoint takes.</summary>
        public int? MaxLength { get; set; }

        /// <summary>How rows are gathered into batches.</summary>
        public BertBatchOptions Batching { get; set; } = new();
    }

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly CrossEncoderSettings _settings;
    private readonly TextColumns _columns;
    private readonly BertBatchOptions _batching;

    internal BertCrossEncoderEstimator(IHostEnvironment env, BertModel model, Options options)
    {
        _host = env.Register(nameof(BertCrossEncoderEstimator));
        _host.CheckValue(model, nameof(model));
        _host.CheckValue(options, nameof(options));
        EncoderOutput.SequenceLogits.Check(model);
        _model = model;
        _settings = CrossEncoderSettings.Create(model, options);
        _columns = _settings.Columns;
        _batching = options.Batching.Validated();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return _columns.AddTo(inputSchema);
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public BertCrossEncoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        _columns.Bind(input.Schema);
        return new BertCrossEncoderTransformer(_host, _model, _settings, _batching);
    }
}
