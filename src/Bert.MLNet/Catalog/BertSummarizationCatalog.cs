using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds steps that summarize texts to <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertSummarizationCatalog
{
    /// <summary>
    /// Summarizes texts by their most central sentences. Adds the summary, the indexes of its sentences ("SummaryIndexes"), and scores
    /// ("SentenceScores") and positions ("SentenceStarts", "SentenceEnds") of all sentences.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added column of summaries, usually "Summary".</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="model">
    /// A checkpoint whose vectors represent sentences, or static embeddings; null for <see cref="BertModel.Default"/>. Any number of steps
    /// can share one checkpoint.
    /// </param>
    /// <param name="numberOfSentences">The number of sentences of a summary. A shorter text is its own summary.</param>
    /// <exception cref="ArgumentException"><paramref name="numberOfSentences"/> is less than 1.</exception>
    public static BertExtractiveSummarizerEstimator ApplyBertExtractiveSummarizer(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, int numberOfSentences = 3) =>
        catalog.ApplyBertExtractiveSummarizer(new BertExtractiveSummarizerEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            NumberOfSentences = numberOfSentences,
        });

    /// <summary>
    /// Summarizes texts by their most central sentences, with all options, such as the length of a summary and how sentences are compared.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, length, diversity, similarity, pooling and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    public static BertExtractiveSummarizerEstimator ApplyBertExtractiveSummarizer(
        this TransformsCatalog.TextTransforms catalog, BertExtractiveSummarizerEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
