using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Fine-tuning of scores in <see cref="RegressionCatalog.RegressionTrainers"/>.</summary>
public static class BertRegressionTrainersCatalog
{
    /// <summary>
    /// Fine-tunes a checkpoint to say how alike two texts are. Names and order of the parameters are those of Microsoft.ML.TorchSharp.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The column of numbers to learn (<see cref="float"/>).</param>
    /// <param name="scoreColumnName">The column of predicted numbers that the fitted transformer adds.</param>
    /// <param name="sentence1ColumnName">The column of first texts.</param>
    /// <param name="sentence2ColumnName">The column of second texts.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="maxEpochs">Passes over the rows, at most.</param>
    /// <param name="model">The checkpoint to start from; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">
    /// The rows by which epochs are compared, the best of which is kept; null: none, and the last epoch counts.
    /// </param>
    public static SentenceSimilarityTrainer SentenceSimilarity(
        this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label", string scoreColumnName = "Score",
        string sentence1ColumnName = "Sentence1", string sentence2ColumnName = "Sentence2",
        int batchSize = 32, int maxEpochs = 10, BertModel? model = null, IDataView? validationSet = null) =>
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

    /// <summary>Fine-tunes a checkpoint to say how alike two texts are, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, and how it is trained.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    public static SentenceSimilarityTrainer SentenceSimilarity(
        this RegressionCatalog.RegressionTrainers catalog, SentenceSimilarityTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
