using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds trainers to <see cref="RankingCatalog"/>.</summary>
public static class BertRankingTrainersCatalog
{
    /// <summary>
    /// Creates a trainer that fine-tunes a checkpoint so that the vectors of related texts are close to each other, for search.
    /// </summary>
    /// <remarks>Each row contains two texts that belong together, such as a question and its answer. It needs no labels.</remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="sentence1ColumnName">The name of the column of first texts, such as questions.</param>
    /// <param name="sentence2ColumnName">The name of the column of second texts, such as answers.</param>
    /// <param name="batchSize">The number of rows in a batch, whose second texts are distinguished from each other.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static SentenceEmbeddingTrainer SentenceEmbedding(
        this RankingCatalog.RankingTrainers catalog,
        string sentence1ColumnName = "Sentence1", string sentence2ColumnName = "Sentence2", int batchSize = 32, int? maxEpochs = null,
        BertModel? model = null, IDataView? validationSet = null) =>
        catalog.SentenceEmbedding(new SentenceEmbeddingTrainer.Options
        {
            Model = model,
            Sentence1ColumnName = sentence1ColumnName,
            Sentence2ColumnName = sentence2ColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>
    /// Creates a trainer that fine-tunes a checkpoint so that the vectors of related texts are close to each other, with all options.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, the loss, columns and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no trainable weights, or excludes its prompt from pooling.</exception>
    public static SentenceEmbeddingTrainer SentenceEmbedding(
        this RankingCatalog.RankingTrainers catalog, SentenceEmbeddingTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>
    /// Creates a trainer that fine-tunes a checkpoint to pick the sentences that summarize a text, given summaries that people wrote.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The name of the column of summaries.</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="numberOfSentences">
    /// The maximum number of sentences of a text that count as its summary, and the number of sentences in predicted summaries.
    /// </param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static ExtractiveSummarizationTrainer ExtractiveSummarization(
        this RankingCatalog.RankingTrainers catalog, string labelColumnName = "Target", string inputColumnName = "Text",
        int numberOfSentences = 3, int? maxEpochs = null, BertModel? model = null, IDataView? validationSet = null) =>
        catalog.ExtractiveSummarization(new ExtractiveSummarizationTrainer.Options
        {
            Model = model,
            LabelColumnName = labelColumnName,
            InputColumnName = inputColumnName,
            NumberOfSentences = numberOfSentences,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>
    /// Creates a trainer that fine-tunes a checkpoint to pick the sentences that summarize a text, with all options.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, number of sentences and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no trainable weights.</exception>
    public static ExtractiveSummarizationTrainer ExtractiveSummarization(
        this RankingCatalog.RankingTrainers catalog, ExtractiveSummarizationTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
