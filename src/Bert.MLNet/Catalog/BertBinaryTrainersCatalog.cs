using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Fine-tuning of classifiers in <see cref="BinaryClassificationCatalog.BinaryClassificationTrainers"/>.</summary>
public static class BertBinaryTrainersCatalog
{
    /// <summary>Fine-tunes a checkpoint to tell whether something holds of a text, or of a pair of texts.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The column of labels (<see cref="bool"/>).</param>
    /// <param name="scoreColumnName">The column of log-odds that the fitted transformer adds.</param>
    /// <param name="outputColumnName">The column of predicted labels that it adds.</param>
    /// <param name="sentence1ColumnName">The column of texts.</param>
    /// <param name="sentence2ColumnName">The column of second texts; null: rows have one text.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="maxEpochs">Passes over the rows, at most.</param>
    /// <param name="model">The checkpoint to start from; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">
    /// The rows by which epochs are compared, the best of which is kept; null: none, and the last epoch counts.
    /// </param>
    /// <param name="probabilityColumnName">The column of probabilities that the fitted transformer adds.</param>
    public static TextClassificationBinaryTrainer TextClassification(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string scoreColumnName = "Score", string outputColumnName = "PredictedLabel",
        string sentence1ColumnName = "Sentence1", string? sentence2ColumnName = null, int batchSize = 32, int maxEpochs = 10,
        BertModel? model = null, IDataView? validationSet = null, string probabilityColumnName = "Probability") =>
        catalog.TextClassification(new TextClassificationBinaryTrainer.Options
        {
            Model = model,
            LabelColumnName = labelColumnName,
            ScoreColumnName = scoreColumnName,
            OutputColumnName = outputColumnName,
            Sentence1ColumnName = sentence1ColumnName,
            Sentence2ColumnName = sentence2ColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
            ProbabilityColumnName = probabilityColumnName,
        });

    /// <summary>Fine-tunes a checkpoint to tell whether something holds of a text, or of a pair of texts, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, class weights, and how it is trained.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    public static TextClassificationBinaryTrainer TextClassification(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, TextClassificationBinaryTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
