using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Tokenization as a step of its own in <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertTokenizerCatalog
{
    /// <summary>Turns a column of texts into columns of token ids: InputIds, AttentionMask and TokenTypeIds.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="model">The checkpoint whose tokenizer and longest row are used.</param>
    /// <param name="inputColumnName">The column of texts.</param>
    /// <param name="pairColumnName">The column of second texts; null: rows have one text.</param>
    public static BertTokenizerEstimator ApplyBertTokenizer(this TransformsCatalog.TextTransforms catalog, BertModel model, string inputColumnName = "Text", string? pairColumnName = null) =>
        catalog.ApplyBertTokenizer(model, new BertTokenizerEstimator.Options { InputColumnName = inputColumnName, PairColumnName = pairColumnName });

    /// <summary>Turns a column of texts into columns of token ids, with all options: also length, padding, tokens and offsets.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="model">The checkpoint whose tokenizer and longest row are used.</param>
    /// <param name="options">Columns, length and padding.</param>
    /// <exception cref="ArgumentException">An option cannot be; the message names it.</exception>
    public static BertTokenizerEstimator ApplyBertTokenizer(this TransformsCatalog.TextTransforms catalog, BertModel model, BertTokenizerEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(CatalogUtils.GetEnvironment(catalog), model.Tokenizer, model.MaxSequenceLength, options);
    }

    /// <summary>Turns a column of texts into columns of token ids by a tokenizer that needs no checkpoint.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="inputColumnName">The column of texts.</param>
    /// <param name="pairColumnName">The column of second texts; null: rows have one text.</param>
    public static BertTokenizerEstimator ApplyBertTokenizer(this TransformsCatalog.TextTransforms catalog, BertTokenizer tokenizer, string inputColumnName = "Text", string? pairColumnName = null) =>
        catalog.ApplyBertTokenizer(tokenizer, new BertTokenizerEstimator.Options { InputColumnName = inputColumnName, PairColumnName = pairColumnName });

    /// <summary>Turns a column of texts into columns of token ids by a tokenizer that needs no checkpoint, with all options.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="options">Columns, length and padding.</param>
    /// <exception cref="ArgumentException">An option cannot be; the message names it.</exception>
    public static BertTokenizerEstimator ApplyBertTokenizer(this TransformsCatalog.TextTransforms catalog, BertTokenizer tokenizer, BertTokenizerEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), tokenizer, null, options);
}
