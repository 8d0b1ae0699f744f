using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds the encoder as a separate step to <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertEncoderCatalog
{
    /// <summary>Turns columns of token ids, such as those of <c>ApplyBertTokenizer</c>, into hidden states.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="lastHiddenStateColumnName">
    /// The name of the added column with the last layer's hidden states, [length, hidden size]; null to omit the column.
    /// </param>
    /// <param name="inputIdsColumnName">The name of the column of token ids.</param>
    /// <param name="model">
    /// The checkpoint; null for <see cref="BertModel.Default"/>. Any number of steps can share one checkpoint.
    /// </param>
    /// <param name="poolerOutputColumnName">
    /// The name of the added column with the pooler's output, [hidden size]. Null: "PoolerOutput" if the checkpoint has a pooler,
    /// otherwise the column is omitted. Empty: the column is omitted.
    /// </param>
    /// <param name="attentionMaskColumnName">
    /// The name of the column that contains 1 for each token to attend to, otherwise 0; null for all tokens.
    /// </param>
    /// <param name="tokenTypeIdsColumnName">
    /// The name of the column that contains the text to which each token belongs; null if all belong to the first.
    /// </param>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute a requested output.</exception>
    public static BertEncoderEstimator ApplyBertEncoder(this TransformsCatalog.TextTransforms catalog,
        string? lastHiddenStateColumnName = "LastHiddenState", string inputIdsColumnName = "InputIds", BertModel? model = null,
        string? poolerOutputColumnName = null, string? attentionMaskColumnName = "AttentionMask",
        string? tokenTypeIdsColumnName = "TokenTypeIds") =>
        catalog.ApplyBertEncoder(new BertEncoderEstimator.Options
        {
            Model = model,
            LastHiddenStateColumnName = lastHiddenStateColumnName,
            PoolerOutputColumnName = poolerOutputColumnName,
            InputIdsColumnName = inputIdsColumnName,
            AttentionMaskColumnName = attentionMaskColumnName,
            TokenTypeIdsColumnName = tokenTypeIdsColumnName,
        });

    /// <summary>
    /// Turns columns of token ids into hidden states, with all options, such as hidden states and attention of selected layers.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, layers and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute a requested output.</exception>
    public static BertEncoderEstimator ApplyBertEncoder(
        this TransformsCatalog.TextTransforms catalog, BertEncoderEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
