using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Runs a checkpoint's encoder over columns of token ids, as <c>ApplyBertTokenizer</c> makes them: tokens to hidden states.</summary>
/// <remarks>
/// <para>
/// Input: vectors of <see cref="long"/> or <see cref="int"/>, one value a token, of one length in a row. Output: vectors of <see cref="float"/>
/// whose dimensions are given below; a row's vector holds them one after the other, the last dimension first to change. <c>length</c> is the
/// row's number of tokens: 0, which is unknown, among the column type's dimensions, unless the column of ids has a known size.
/// </para>
/// <list type="bullet">
/// <item><description><c>LastHiddenState</c> [length, hidden size]</description></item>
/// <item><description><c>PoolerOutput</c> [hidden size]</description></item>
/// <item><description><c>HiddenStates</c> [layers asked for, length, hidden size]</description></item>
/// <item><description><c>Attentions</c> [layers asked for, heads, length, length]: for each token as query the probabilities of all tokens</description></item>
/// </list>
/// <para>Nothing is trained: <see cref="Fit"/> only checks the schema and opens the encoder.</para>
/// </remarks>
public sealed class BertEncoderEstimator : IEstimator<BertEncoderTransformer>
{
    /// <summary>Settings of <see cref="BertEncoderEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column of token ids. Default "InputIds".</summary>
        public string InputIdsColumnName { get; set; } = "InputIds";

        /// <summary>The column that says which tokens may be seen: 1, or 0 for padding. Default "AttentionMask". Null: all tokens.</summary>
        public string? AttentionMaskColumnName { get; set; } = "AttentionMask";

        /// <summary>The column that says which text a token is of: 0 for the first, 1 for the second. Default "TokenTypeIds". Null: the first. Not read for a checkpoint without token types, such as DistilBERT.</summary>
        public string? TokenTypeIdsColumnName { get; set; } = "TokenTypeIds";

        /// <summary>The column that receives the last layer's hidden states. Default "LastHiddenState". Null: none.</summary>
        public string? LastHiddenStateColumnName { get; set; } = "LastHiddenState";

        /// <summary>The column that receives the pooler's output. Default null: "PoolerOutput" if the checkpoint has a pooler, else none. Empty: none.</summary>
        public string? PoolerOutputColumnName { get; set; }

        /// <summary>The column that receives the hidden states of <see cref="HiddenStatesLayers"/>. Default "HiddenStates".</summary>
        public string HiddenStatesColumnName { get; set; } = "HiddenStates";

        /// <summary>The layers whose hidden states are asked for: 0 for the embeddings, 1 for the first layer. Default none.</summary>
        public IReadOnlyList<int> HiddenStatesLayers { get; set; } = [];

        /// <summary>The column that receives the attention probabilities of <see cref="AttentionsLayers"/>. Default "Attentions".</summary>
        public string AttentionsColumnName { get; set; } = "Attentions";

        /// <summary>The layers whose attention probabilities are asked for, counted from 0. Default none.</summary>
        public IReadOnlyList<int> AttentionsLayers { get; set; } = [];

        /// <summary>How rows are gathered into batches.</summary>
        public BertBatchOptions Batching { get; set; } = new();
    }

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly EncoderColumns _columns;
    private readonly BertBatchOptions _batching;

    internal BertEncoderEstimator(IHostEnvironment env, BertModel model, Options options)
    {
        _host = env.Register(nameof(BertEncoderEstimator));
        _host.CheckValue(model, nameof(model));
        RequiredOptions.Check(options);
        _model = model;
        _columns = EncoderColumns.Create(model, options);
        _batching = options.Batching.Validated();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no vector of integers.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return _columns.AddTo(inputSchema);
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no vector of integers.</exception>
    public BertEncoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        _columns.Bind(input.Schema);
        return new BertEncoderTransformer(_host, _model, _columns, _batching);
    }
}
