using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Fine-tuning of classifiers in <see cref="BinaryClassificationCatalog.BinaryClassificationTrainers"/>.</summary>
public static class BertBinaryTrainersCatalog
{
    /// <summary>Creates a trainer that fine-tunes a checkpoint for a yes/no classification of texts or pairs of texts.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The name of the label column (<see cref="bool"/>).</param>
    /// <param name="scoreColumnName">The name of the column of log-odds that the fitted transformer adds.</param>
    /// <param name="outputColumnName">The name of the column of predicted labels that it adds.</param>
    /// <param name="sentence1ColumnName">The name of the text column.</param>
    /// <param name="sentence2ColumnName">The name of the column of second texts; null if rows have one text.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    /// <param name="probabilityColumnName">The name of the column of probabilities that the fitted transformer adds.</param>
    public static TextClassificationBinaryTrainer TextClassification(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string scoreColumnName = "Score", string outputColumnName = "PredictedLabel",
        string sentence1ColumnName = "Sentence1", string? sentence2ColumnName = null, int batchSize = 32, int? maxEpochs = null,
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

    /// <summary>Creates a trainer that fine-tunes a checkpoint for a yes/no classification, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, class weights, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static TextClassificationBinaryTrainer TextClassification(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, TextClassificationBinaryTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
