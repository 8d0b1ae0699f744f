using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Finds named entities, or whatever a checkpoint was fine-tuned to label tokens with: <c>BertForTokenClassification</c> or <c>DistilBertForTokenClassification</c>.</summary>
/// <remarks>
/// <para>
/// Input: a text column; missing text is empty text. Output: five columns of vectors, of one length in a row, with an item for each entity in the
/// order of the text: its text as it stands there, its type, its probability, and where it begins and ends, in UTF-16 units, so that
/// <c>text[start..end]</c> is the entity.
/// </para>
/// <para>
/// Entities are what HuggingFace's <c>TokenClassificationPipeline</c> finds. A text longer than the model is read in windows that overlap; of
/// entities that overlap the longer is kept. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
/// </para>
/// </remarks>
public sealed class BertTokenClassifierEstimator : IEstimator<BertTokenClassifierTransformer>
{
    /// <summary>Settings of <see cref="BertTokenClassifierEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column that receives the entities' texts. Default "Entities".</summary>
        public string OutputColumnName { get; set; } = "Entities";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";

        /// <summary>The column that receives the entities' types, as text. Default "EntityTypes".</summary>
        public string TypesColumnName { get; set; } = "EntityTypes";

        /// <summary>The column that receives the entities' probabilities (<see cref="float"/>). Default "EntityScores".</summary>
        public string ScoresColumnName { get; set; } = "EntityScores";

        /// <summary>The column that receives where the entities begin (<see cref="int"/>). Default "EntityStarts".</summary>
        public string StartsColumnName { get; set; } = "EntityStarts";

        /// <summary>The column that receives where the entities end (<see cref="int"/>). Default "EntityEnds".</summary>
        public string EndsColumnName { get; set; } = "EntityEnds";

        /// <summary>How labels of tokens become entities. Default <see cref="BertAggregation.Simple"/>. With <see cref="BertAggregation.None"/> each token is an item, with its whole label as its type.</summary>
        public BertAggregation Aggregation { get; set; } = BertAggregation.Simple;

        /// <summary>Types, or labels of tokens, that are left out. Default "O".</summary>
        public IReadOnlyList<string> IgnoreLabels { get; set; } = ["O"];

        /// <summary>How many tokens a window repeats of the one before, where a text is longer than <see cref="MaxLength"/>. Default null: a quarter of a window, at most 128.</summary>
        public int? Stride { get; set; }

        /// <summary>The longest window in tokens, special ones included. Default null: as much as the checkpoint takes.</summary>
        public int? MaxLength { get; set; }

        /// <summary>How rows are gathered into batches.</summary>
        public BertBatchOptions Batching { get; set; } = new();
    }

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly TokenClassifierSettings _settings;
    private readonly TextColumns _columns;
    private readonly BertBatchOptions _batching;

    internal BertTokenClassifierEstimator(IHostEnvironment env, BertModel model, Options options)
    {
        _host = env.Register(nameof(BertTokenClassifierEstimator));
        _host.CheckValue(model, nameof(model));
        _host.CheckValue(options, nameof(options));
        EncoderOutput.TokenLogits.Check(model);
        _model = model;
        _settings = TokenClassifierSettings.Create(model, options);
        _columns = _settings.Columns;
        _batching = options.Batching.Validated();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return _columns.AddTo(inputSchema);
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is no text.</exception>
    public BertTokenClassifierTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        _columns.Bind(input.Schema);
        return new BertTokenClassifierTransformer(_host, _model, _settings, _batching);
    }
}
