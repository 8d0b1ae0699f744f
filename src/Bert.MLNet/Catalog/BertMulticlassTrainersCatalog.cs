using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Fine-tuning of classifiers in <see cref="MulticlassClassificationCatalog.MulticlassClassificationTrainers"/>.</summary>
public static class BertMulticlassTrainersCatalog
{
    /// <summary>
    /// Fine-tunes a checkpoint to classify texts, or pairs of texts. Names and order of the parameters are those of
    /// Microsoft.ML.TorchSharp.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The column of labels: keys.</param>
    /// <param name="scoreColumnName">The column of probabilities that the fitted transformer adds.</param>
    /// <param name="outputColumnName">The column of predicted labels that it adds.</param>
    /// <param name="sentence1ColumnName">The column of texts.</param>
    /// <param name="sentence2ColumnName">The column of second texts; null: rows have one text.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="maxEpochs">Passes over the rows, at most.</param>
    /// <param name="model">The checkpoint to start from; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">
    /// The rows by which epochs are compared, the best of which is kept; null: none, and the last epoch counts.
    /// </param>
    public static TextClassificationTrainer TextClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string scoreColumnName = "Score", string outputColumnName = "PredictedLabel",
        string sentence1ColumnName = "Sentence1", string? sentence2ColumnName = null, int batchSize = 32, int maxEpochs = 10,
        BertModel? model = null, IDataView? validationSet = null) =>
        catalog.TextClassification(new TextClassificationTrainer.Options
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
        });

    /// <summary>Fine-tunes a checkpoint to classify texts, or pairs of texts, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, class weights, and how it is trained.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    public static TextClassificationTrainer TextClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TextClassificationTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>
    /// Fine-tunes a checkpoint to find named entities, from a label for each word. Names and order of the parameters are those of
    /// Microsoft.ML.TorchSharp, which has its <c>architecture</c> where the model is here.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The column of labels: vectors of keys, one for each word. A missing key is O.</param>
    /// <param name="outputColumnName">The column of predicted labels that the fitted transformer adds, of the same form.</param>
    /// <param name="sentence1ColumnName">The column of words: text whose words single spaces separate, or vectors of text.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="maxEpochs">Passes over the rows, at most.</param>
    /// <param name="model">The checkpoint to start from; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">
    /// The rows by which epochs are compared, the best of which is kept; null: none, and the last epoch counts.
    /// </param>
    public static NamedEntityRecognitionTrainer NamedEntityRecognition(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string outputColumnName = "PredictedLabel", string sentence1ColumnName = "Sentence",
        int batchSize = 32, int maxEpochs = 10, BertModel? model = null, IDataView? validationSet = null) =>
        catalog.NamedEntityRecognition(new NamedEntityRecognitionTrainer.Options
        {
            Model = model,
            LabelColumnName = labelColumnName,
            OutputColumnName = outputColumnName,
            Sentence1ColumnName = sentence1ColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>
    /// Fine-tunes a checkpoint to find named entities, with all options: also places in texts in place of labels of words.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, windows, and how it is trained.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    public static NamedEntityRecognitionTrainer NamedEntityRecognition(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, NamedEntityRecognitionTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>
    /// Fine-tunes a checkpoint to find the answers to questions in contexts. Names and order of the parameters are those of
    /// Microsoft.ML.TorchSharp, which has its <c>architecture</c> where the model is here.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="contextColumnName">The column of contexts.</param>
    /// <param name="questionColumnName">The column of questions.</param>
    /// <param name="trainingAnswerColumnName">
    /// The column of right answers, as they stand in the context: text, or vectors of text any of which is right. Empty: there is none.
    /// </param>
    /// <param name="answerIndexColumnName">
    /// The column of where they begin in the context (<see cref="int"/>, or vectors of it; UTF-16 units).
    /// </param>
    /// <param name="predictedAnswerColumnName">
    /// The column of predicted answers that the fitted transformer adds: vectors, the best answer first.
    /// </param>
    /// <param name="scoreColumnName">The column of their scores that it adds.</param>
    /// <param name="topK">How many answers are predicted, at most.</param>
    /// <param name="batchSize">Rows of a batch; a context in windows is as many rows.</param>
    /// <param name="maxEpochs">Passes over the rows, at most.</param>
    /// <param name="model">The checkpoint to start from; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">
    /// The rows by which epochs are compared, the best of which is kept; null: none, and the last epoch counts.
    /// </param>
    public static QuestionAnswerTrainer QuestionAnswer(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string contextColumnName = "Context", string questionColumnName = "Question", string trainingAnswerColumnName = "TrainingAnswer",
        string answerIndexColumnName = "AnswerIndex",
        string predictedAnswerColumnName = "Answer", string scoreColumnName = "Score", int topK = 3, int batchSize = 4, int maxEpochs = 10,
        BertModel? model = null, IDataView? validationSet = null) =>
        catalog.QuestionAnswer(new QuestionAnswerTrainer.Options
        {
            Model = model,
            ContextColumnName = contextColumnName,
            QuestionColumnName = questionColumnName,
            TrainingAnswerColumnName = trainingAnswerColumnName,
            AnswerIndexStartColumnName = answerIndexColumnName,
            PredictedAnswerColumnName = predictedAnswerColumnName,
            ScoreColumnName = scoreColumnName,
            TopKAnswers = topK,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>
    /// Fine-tunes a checkpoint to find answers, with all options: also places, windows, and the threshold for there being none.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, answers, windows, and how it is trained.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    public static QuestionAnswerTrainer QuestionAnswer(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, QuestionAnswerTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>
    /// Goes on with the pretraining of a checkpoint on texts of your own kind, without labels: words are masked, and it learns to guess
    /// them.
    /// </summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="inputColumnName">The column of texts.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="maxEpochs">Passes over the rows, at most.</param>
    /// <param name="model">The checkpoint to start from; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">
    /// The texts by which epochs are compared, the best of which is kept; null: none, and the last epoch counts.
    /// </param>
    public static MaskedLanguageModelTrainer MaskedLanguageModel(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string inputColumnName = "Text", int batchSize = 32, int maxEpochs = 10,
        BertModel? model = null, IDataView? validationSet = null) =>
        catalog.MaskedLanguageModel(new MaskedLanguageModelTrainer.Options
        {
            Model = model,
            InputColumnName = inputColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>Goes on with the pretraining of a checkpoint on texts of your own kind, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, the column, the share of masked tokens, and how it is trained.</param>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no mask token, or decodes words with weights of their own.</exception>
    public static MaskedLanguageModelTrainer MaskedLanguageModel(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, MaskedLanguageModelTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
