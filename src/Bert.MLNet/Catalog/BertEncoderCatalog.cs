using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>The encoder as a step of its own in <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertEncoderCatalog
{
    /// <summary>Turns columns of token ids, such as <c>ApplyBertTokenizer</c> adds, into hidden states.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="lastHiddenStateColumnName">The column that receives the last layer's hidden states, [length, hidden size]; null: none.</param>
    /// <param name="inputIdsColumnName">The column of token ids.</param>
    /// <param name="model">The checkpoint; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="poolerOutputColumnName">
    /// The column that receives the pooler's output, [hidden size]; null: "PoolerOutput" if the checkpoint has a pooler, else none; empty: none.
    /// </param>
    /// <param name="attentionMaskColumnName">The column that says which tokens may be attended to; null: all.</param>
    /// <param name="tokenTypeIdsColumnName">The column that says which text a token belongs to; null: the first.</param>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute what is asked for.</exception>
    public static BertEncoderEstimator ApplyBertEncoder(this TransformsCatalog.TextTransforms catalog,
        string? lastHiddenStateColumnName = "LastHiddenState", string inputIdsColumnName = "InputIds", BertModel? model = null,
        string? poolerOutputColumnName = null, string? attentionMaskColumnName = "AttentionMask", string? tokenTypeIdsColumnName = "TokenTypeIds") =>
        catalog.ApplyBertEncoder(new BertEncoderEstimator.Options
        {
            Model = model,
            LastHiddenStateColumnName = lastHiddenStateColumnName,
            PoolerOutputColumnName = poolerOutputColumnName,
            InputIdsColumnName = inputIdsColumnName,
            AttentionMaskColumnName = attentionMaskColumnName,
            TokenTypeIdsColumnName = tokenTypeIdsColumnName,
        });

    /// <summary>Turns columns of token ids into hidden states, with all options: also hidden states and attention of chosen layers.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, layers and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute what is asked for.</exception>
    public static BertEncoderEstimator ApplyBertEncoder(this TransformsCatalog.TextTransforms catalog, BertEncoderEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
