using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds fine-tuning to <see cref="MulticlassClassificationCatalog.MulticlassClassificationTrainers"/>.</summary>
public static class BertMulticlassTrainersCatalog
{
    /// <summary>Creates a trainer that fine-tunes a checkpoint to classify texts or pairs of texts.</summary>
    /// <remarks>The parameters have the names and the order of Microsoft.ML.TorchSharp.</remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The name of the label column, which contains keys.</param>
    /// <param name="scoreColumnName">The name of the column of probabilities that the fitted transformer adds.</param>
    /// <param name="outputColumnName">The name of the column of predicted labels that it adds.</param>
    /// <param name="sentence1ColumnName">The name of the text column.</param>
    /// <param name="sentence2ColumnName">The name of the column of second texts; null if rows have one text.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static TextClassificationTrainer TextClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string scoreColumnName = "Score", string outputColumnName = "PredictedLabel",
        string sentence1ColumnName = "Sentence1", string? sentence2ColumnName = null, int batchSize = 32, int? maxEpochs = null,
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

    /// <summary>Creates a trainer that fine-tunes a checkpoint to classify texts or pairs of texts, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, class weights, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static TextClassificationTrainer TextClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, TextClassificationTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>Creates a trainer that fine-tunes a checkpoint to find named entities, given a label for each word.</summary>
    /// <remarks>
    /// The parameters have the names and the order of Microsoft.ML.TorchSharp, with the model in the place of its
    /// <c>architecture</c>.
    /// </remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">
    /// The name of the label column: vectors of keys, one for each word. A missing key counts as O.
    /// </param>
    /// <param name="outputColumnName">
    /// The name of the column of predicted labels that the fitted transformer adds, of the same form.
    /// </param>
    /// <param name="sentence1ColumnName">
    /// The name of the column of words: text with single spaces between words, or vectors of text.
    /// </param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static NamedEntityRecognitionTrainer NamedEntityRecognition(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string outputColumnName = "PredictedLabel", string sentence1ColumnName = "Sentence",
        int batchSize = 32, int? maxEpochs = null, BertModel? model = null, IDataView? validationSet = null) =>
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

    /// <summary>Creates a trainer that fine-tunes a checkpoint to find named entities, with all options.</summary>
    /// <remarks>The labels can also be positions in the texts instead of tags of words.</remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, windows, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static NamedEntityRecognitionTrainer NamedEntityRecognition(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, NamedEntityRecognitionTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>Creates a trainer that fine-tunes a checkpoint to find the answers to questions in contexts.</summary>
    /// <remarks>
    /// The parameters have the names and the order of Microsoft.ML.TorchSharp, with the model in the place of its
    /// <c>architecture</c>.
    /// </remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="contextColumnName">The name of the context column.</param>
    /// <param name="questionColumnName">The name of the question column.</param>
    /// <param name="trainingAnswerColumnName">
    /// The name of the column of correct answers, exactly as in the context: text, or vectors of alternative texts. Empty if there
    /// is no answer.
    /// </param>
    /// <param name="answerIndexColumnName">
    /// The name of the column with the answers' start positions in the context (<see cref="int"/>, or vectors of it; UTF-16 code
    /// units).
    /// </param>
    /// <param name="predictedAnswerColumnName">
    /// The name of the column of predicted answers that the fitted transformer adds: vectors, with the best answer first.
    /// </param>
    /// <param name="scoreColumnName">The name of the column of the answers' scores that it adds.</param>
    /// <param name="topK">The maximum number of predicted answers.</param>
    /// <param name="batchSize">The number of rows in a batch. Each window of a long context counts as a row.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static QuestionAnswerTrainer QuestionAnswer(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string contextColumnName = "Context", string questionColumnName = "Question", string trainingAnswerColumnName = "TrainingAnswer",
        string answerIndexColumnName = "AnswerIndex",
        string predictedAnswerColumnName = "Answer", string scoreColumnName = "Score", int topK = 3, int batchSize = 4,
        int? maxEpochs = null, BertModel? model = null, IDataView? validationSet = null) =>
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

    /// <summary>Creates a trainer that fine-tunes a checkpoint to find answers, with all options.</summary>
    /// <remarks>
    /// The options include output columns for positions, windows, and the threshold for questions without an answer.
    /// </remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, answers, windows, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static QuestionAnswerTrainer QuestionAnswer(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, QuestionAnswerTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>Creates a trainer that continues the pretraining of a checkpoint on unlabelled texts.</summary>
    /// <remarks>Words are masked, and the checkpoint learns to predict them.</remarks>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="model">The checkpoint to start from; null for <see cref="BertModel.Default"/>.</param>
    /// <param name="validationSet">Texts to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    public static MaskedLanguageModelTrainer MaskedLanguageModel(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string inputColumnName = "Text", int batchSize = 32, int? maxEpochs = null,
        BertModel? model = null, IDataView? validationSet = null) =>
        catalog.MaskedLanguageModel(new MaskedLanguageModelTrainer.Options
        {
            Model = model,
            InputColumnName = inputColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>Creates a trainer that continues the pretraining of a checkpoint on unlabelled texts, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, the column, the share of masked tokens, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">
    /// The checkpoint has no mask token, or its output weights are separate from its embeddings.
    /// </exception>
    public static MaskedLanguageModelTrainer MaskedLanguageModel(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, MaskedLanguageModelTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }

    /// <summary>Creates a trainer that learns to write texts, such as translations and summaries, from examples.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">The name of the column of targets.</param>
    /// <param name="sourceColumnName">The name of the column of sources.</param>
    /// <param name="model">
    /// The checkpoint to start from, which must have a decoder: see <see cref="BertModel.WithDecoder"/>. Null for
    /// <see cref="BertModel.Default"/>, which has none.
    /// </param>
    /// <param name="outputColumnName">The name of the column of texts that the fitted transformer adds.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="maxEpochs">The maximum number of passes over the rows. Default: by their number.</param>
    /// <param name="validationSet">Rows to evaluate after each epoch. The best epoch is kept; null to keep the last epoch.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public static SequenceToSequenceTrainer SequenceToSequence(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Target", string sourceColumnName = "Source", BertModel? model = null,
        string outputColumnName = "PredictedText", int batchSize = 32, int? maxEpochs = null, IDataView? validationSet = null) =>
        catalog.SequenceToSequence(new SequenceToSequenceTrainer.Options
        {
            Model = model,
            LabelColumnName = labelColumnName,
            SourceColumnName = sourceColumnName,
            OutputColumnName = outputColumnName,
            BatchSize = batchSize,
            MaxEpochs = maxEpochs,
            ValidationSet = validationSet,
        });

    /// <summary>Creates a trainer that learns to write texts, with all options.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The checkpoint to start from, columns, label smoothing, generation, and training options.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public static SequenceToSequenceTrainer SequenceToSequence(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, SequenceToSequenceTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
