using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>The encoder as a step of its own in <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertEncoderCatalog
{
    /// <summary>Turns columns of token ids, as <c>ApplyBertTokenizer</c> makes them, into hidden states.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="model">The checkpoint. It may serve any number of steps.</param>
    /// <param name="lastHiddenStateColumnName">The column that receives the last layer's hidden states, [length, hidden size]; null: none.</param>
    /// <param name="poolerOutputColumnName">The column that receives the pooler's output, [hidden size]; null: "PoolerOutput" if the checkpoint has a pooler, else none; empty: none.</param>
    /// <param name="inputIdsColumnName">The column of token ids.</param>
    /// <param name="attentionMaskColumnName">The column that says which tokens may be seen; null: all.</param>
    /// <param name="tokenTypeIdsColumnName">The column that says which text a token is of; null: the first.</param>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute what is asked for.</exception>
    public static BertEncoderEstimator ApplyBertEncoder(this TransformsCatalog.TextTransforms catalog, BertModel model,
        string? lastHiddenStateColumnName = "LastHiddenState", string? poolerOutputColumnName = null,
        string inputIdsColumnName = "InputIds", string? attentionMaskColumnName = "AttentionMask", string? tokenTypeIdsColumnName = "TokenTypeIds") =>
        catalog.ApplyBertEncoder(model, new BertEncoderEstimator.Options
        {
            LastHiddenStateColumnName = lastHiddenStateColumnName,
            PoolerOutputColumnName = poolerOutputColumnName,
            InputIdsColumnName = inputIdsColumnName,
            AttentionMaskColumnName = attentionMaskColumnName,
            TokenTypeIdsColumnName = tokenTypeIdsColumnName,
        });

    /// <summary>Turns columns of token ids into hidden states, with all options: also hidden states and attention probabilities of chosen layers.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="model">The checkpoint. It may serve any number of steps.</param>
    /// <param name="options">Columns, layers and batching.</param>
    /// <exception cref="ArgumentException">An option is empty that may not be.</exception>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute what is asked for.</exception>
    public static BertEncoderEstimator ApplyBertEncoder(this TransformsCatalog.TextTransforms catalog, BertModel model, BertEncoderEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), model, options);
}
