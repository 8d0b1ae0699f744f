using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Turns two columns of texts into one column of features for ML.NET's trainers: parts made from the vectors of both, side by side.</summary>
/// <remarks>
/// Input: two text columns; missing text is empty text. Output: a vector of <see cref="float"/> of known size (parts × the size of a text's
/// vector), without slot names, and on request the cosine of the two vectors as a column of its own. Nothing is trained:
/// <see cref="Fit"/> only checks the schema and opens the encoder.
/// </remarks>
public sealed class BertPairEmbeddingEstimator : IEstimator<BertPairEmbeddingTransformer>
{
    /// <summary>Settings of <see cref="BertPairEmbeddingEstimator"/>.</summary>
    public sealed class Options : BertEmbeddingOptions
    {
        /// <summary>The column of features that is added. Default "Features".</summary>
        public string OutputColumnName { get; set; } = "Features";

        /// <summary>The column of first texts. Default "Sentence1".</summary>
        public string InputColumnName1 { get; set; } = "Sentence1";

        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string InputColumnName2 { get; set; } = "Sentence2";

        /// <summary>The parts of the features. Default <see cref="BertPairFeatures.All"/>.</summary>
        public BertPairFeatures Features { get; set; } = BertPairFeatures.All;

        /// <summary>
        /// The column (<see cref="float"/>, from −1 to 1) that receives the cosine of the two vectors; 0 where one of them is zero.
        /// Default null: no such column.
        /// </summary>
        public string? CosineColumnName { get; set; }
    }

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly EmbeddingSettings _settings;
    private readonly Options _options;

    internal BertPairEmbeddingEstimator(IHostEnvironment env, BertModel model, Options options)
    {
        _host = env.Register(nameof(BertPairEmbeddingEstimator));
        _host.CheckValue(model, nameof(model));
        RequiredOptions.Check(options);
        _host.CheckNonEmpty(options.OutputColumnName, nameof(options.OutputColumnName));
        _host.CheckNonEmpty(options.InputColumnName1, nameof(options.InputColumnName1));
        _host.CheckNonEmpty(options.InputColumnName2, nameof(options.InputColumnName2));
        _host.CheckParam(options.CosineColumnName != options.OutputColumnName, nameof(options.CosineColumnName), "The cosine and the features need columns of their own.");
        _model = model;
        _settings = EmbeddingSettings.Create(model, options);
        _ = new PairFeatureVector(options.Features, _settings.Dimension(model));
        _options = new Options
        {
            OutputColumnName = options.OutputColumnName,
            InputColumnName1 = options.InputColumnName1,
            InputColumnName2 = options.InputColumnName2,
            Features = options.Features,
            CosineColumnName = options.CosineColumnName,
            Batching = options.Batching.Validated(),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        InputColumn.FindText(inputSchema, _options.InputColumnName1, nameof(Options.InputColumnName1));
        InputColumn.FindText(inputSchema, _options.InputColumnName2, nameof(Options.InputColumnName2));
        SchemaShape.Column features = OutputShape.Vector(_options.OutputColumnName, NumberDataViewType.Single);
        return _options.CosineColumnName is { } cosine
            ? OutputShape.Add(inputSchema, features, OutputShape.Scalar(cosine, NumberDataViewType.Single))
            : OutputShape.Add(inputSchema, features);
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public BertPairEmbeddingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        return new BertPairEmbeddingTransformer(_host, _model, _settings, _options);
    }
}
