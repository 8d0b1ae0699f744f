using Bert.MLNet.DataViews;
using Bert.MLNet.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Turns the hidden states of a row's tokens, as <c>ApplyBertEncoder</c> makes them, into one vector.</summary>
/// <remarks>
/// Input: a column [length, hidden size] of <see cref="float"/> and, if tokens may be masked, the column of masks.
/// Output: a vector of <see cref="float"/> of known size, the hidden size times the number of poolings asked for, without slot names.
/// The arithmetic is that of sentence-transformers. Nothing is trained.
/// </remarks>
public sealed class BertPoolingEstimator : IEstimator<BertPoolingTransformer>
{
    /// <summary>Settings of <see cref="BertPoolingEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column of vectors that is added. Default "Features".</summary>
        public string OutputColumnName { get; set; } = "Features";

        /// <summary>The column of the last layer's hidden states, [length, hidden size]. Default "LastHiddenState". Not read for <see cref="BertPooling.LastLayersMean"/> alone.</summary>
        public string InputColumnName { get; set; } = "LastHiddenState";

        /// <summary>The column that says which tokens count: 1, or 0 for padding. Default "AttentionMask". Null: all tokens.</summary>
        public string? AttentionMaskColumnName { get; set; } = "AttentionMask";

        /// <summary>The column of hidden states of several layers, [layers, length, hidden size], for <see cref="BertPooling.LastLayersMean"/>. Default "HiddenStates". Not read for other poolings.</summary>
        public string HiddenStatesColumnName { get; set; } = "HiddenStates";

        /// <summary>How many layers <see cref="BertPooling.LastLayersMean"/> averages: the last ones of <see cref="HiddenStatesColumnName"/>. Default 4.</summary>
        public int NumberOfLastLayers { get; set; } = 4;

        /// <summary>How hidden states become one vector. Default <see cref="BertPooling.Mean"/>. Several values are concatenated.</summary>
        public BertPooling Pooling { get; set; } = BertPooling.Mean;

        /// <summary>
        /// How much each token counts in a mean, by token id, from 0; see <see cref="BertSentenceOptions.TokenWeights"/> and
        /// <see cref="SmoothInverseFrequency"/>. Default null: all the same.
        /// </summary>
        public IReadOnlyList<float>? TokenWeights { get; set; }

        /// <summary>The column of token ids, read for <see cref="TokenWeights"/> only. Default "InputIds".</summary>
        public string InputIdsColumnName { get; set; } = "InputIds";

        /// <summary>Whether the vector is scaled to length 1. Default false.</summary>
        public bool Normalize { get; set; }
    }

    private readonly IHost _host;
    private readonly PoolingSettings _settings;

    internal BertPoolingEstimator(IHostEnvironment env, Options options)
    {
        _host = env.Register(nameof(BertPoolingEstimator));
        RequiredOptions.Check(options);
        _settings = PoolingSettings.Create(options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        _settings.Check(inputSchema);
        return OutputShape.Add(inputSchema, OutputShape.Vector(_settings.OutputColumnName, NumberDataViewType.Single));
    }

    /// <summary>The transformer.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type or dimensions that do not fit.</exception>
    public BertPoolingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        _settings.Bind(input.Schema);
        return new BertPoolingTransformer(_host, _settings);
    }
}
