using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds explanations of scores, as steps, to <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertExplanationCatalog
{
    /// <summary>
    /// Explains which words decided the class of a text or pair: words, their weights ("WordWeights") and positions ("WordStarts",
    /// "WordEnds").
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added column of words, usually "Words".</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="model">
    /// A checkpoint with a sequence classification head, or, for the similarity of two texts, any; null for
    /// <see cref="BertModel.Default"/>. Any number of steps can share one checkpoint.
    /// </param>
    /// <param name="pairColumnName">The name of the column of second texts; null if rows have one text.</param>
    /// <param name="label">The name of the label to explain; null for the predicted label of each row.</param>
    /// <exception cref="ArgumentException">The checkpoint does not have this label.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertExplanationEstimator ApplyBertExplanation(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, string? pairColumnName = null, string? label = null) =>
        catalog.ApplyBertExplanation(new BertExplanationEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
            Label = label,
        });

    /// <summary>Explains which words decided a score, with all options, such as the kind of score.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, score, label, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint cannot be explained in this way; the message says why.</exception>
    public static BertExplanationEstimator ApplyBertExplanation(
        this TransformsCatalog.TextTransforms catalog, BertExplanationEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
