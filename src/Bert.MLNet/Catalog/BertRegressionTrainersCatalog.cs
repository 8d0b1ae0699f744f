using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds fine-tuning of scores to <see cref="RegressionCatalog.RegressionTrainers"/>.</summary>
public static class BertRegressionTrainersCatalog
{
    /// <summary>Creates a trainer that fine-tunes a checkpoint to score the similarity of two texts.</summary>
    /// <remarks>The parameters have the names and the order of Microsoft.ML.TorchSharp.</remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The name of the column of target values (<see cref="float"/>).</param>
    /// <param name="scoreColumnName">The name of the column of predicted values that the fitted transformer adds.</param>
    /// <param name="sentence1ColumnName">The name of the column of first texts.</param>
    /// <param name="sentence2ColumnName">The name of the column of second texts.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static SentenceSimilarityTrainer SentenceSimilarity(
        this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label", string scoreColumnName = "Score",
        string sentence1ColumnName = "Sentence1", string sentence2ColumnName = "Sentence2",
        int batchSize = 32, int? maxEpochs = null, BertModel? model = null, IDataView? validationSet = null) =>
        catalog.SentenceSimilarity(new SentenceSimilarityTrainer.Options
        {
            Model = model,
            LabelColumnName = labelColumnName,
            ScoreColumnName = scoreColumnName,
            Sentence1ColumnName = sentence1ColumnName,
            Sentence2ColumnName = sentence2ColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>Creates a trainer that fine-tunes a checkpoint to score the similarity of two texts, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static SentenceSimilarityTrainer SentenceSimilarity(
        this RegressionCatalog.RegressionTrainers catalog, SentenceSimilarityTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
