using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Turns a column of texts into a column of vectors: tokenization, encoding and pooling in one step, ready for ML.NET's trainers.
/// </summary>
/// <remarks>
/// Input: a text column; missing text is empty text. Output: a vector of <see cref="float"/> of known size (the model's hidden size, times the
/// number of poolings asked for), without slot names. Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.
/// </remarks>
public sealed class BertEmbeddingEstimator : IEstimator<BertEmbeddingTransformer>
{
    /// <summary>Settings of <see cref="BertEmbeddingEstimator"/>.</summary>
    public sealed class Options : BertEmbeddingOptions
    {
        /// <summary>The column of vectors that is added. Default "Features".</summary>
        public string OutputColumnName { get; set; } = "Features";

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; set; } = "Text";
    }

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly EmbeddingSettings _settings;
    private readonly Options _options;

    internal BertEmbeddingEstimator(IHostEnvironment env, BertModel model, Options options)
    {
        _host = env.Register(nameof(BertEmbeddingEstimator));
        _host.CheckValue(model, nameof(model));
        RequiredOptions.Check(options);
        _host.CheckNonEmpty(options.OutputColumnName, nameof(options.OutputColumnName));
        _host.CheckNonEmpty(options.InputColumnName, nameof(options.InputColumnName));
        _model = model;
        _settings = EmbeddingSettings.Create(model, options);
        _options = new Options { OutputColumnName = options.OutputColumnName, InputColumnName = options.InputColumnName, Batching = options.Batching.Validated() };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        InputColumn.FindText(inputSchema, _options.InputColumnName, nameof(Options.InputColumnName));
        return OutputShape.Add(inputSchema, OutputShape.Vector(_options.OutputColumnName, NumberDataViewType.Single));
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is no text.</exception>
    public BertEmbeddingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        InputColumn.FindText(input.Schema, _options.InputColumnName, nameof(Options.InputColumnName));
        return new BertEmbeddingTransformer(_host, _model, _settings, _options);
    }
}
