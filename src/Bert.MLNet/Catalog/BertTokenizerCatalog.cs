using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds tokenization as a separate step to <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertTokenizerCatalog
{
    /// <summary>Turns a column of texts into columns of token ids: InputIds, AttentionMask and TokenTypeIds.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="pairColumnName">The name of the column of second texts; null if rows have one text.</param>
    /// <param name="model">
    /// The checkpoint whose tokenizer and maximum length are used; null for <see cref="BertModel.Default"/>.
    /// </param>
    public static BertTokenizerEstimator ApplyBertTokenizer(this TransformsCatalog.TextTransforms catalog,
        string inputColumnName = "Text", string? pairColumnName = null, BertModel? model = null) =>
        catalog.ApplyBertTokenizer(new BertTokenizerEstimator.Options
        {
            Model = model,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
        });

    /// <summary>
    /// Turns a column of texts into columns of token ids, with all options, such as length, padding, tokens and offsets.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint or a tokenizer without one, columns, length and padding.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    public static BertTokenizerEstimator ApplyBertTokenizer(
        this TransformsCatalog.TextTransforms catalog, BertTokenizerEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
