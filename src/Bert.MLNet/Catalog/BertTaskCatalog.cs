using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>
/// Adds checkpoints that were fine-tuned for a task, as steps, to <see cref="TransformsCatalog.TextTransforms"/>.
/// </summary>
public static class BertTaskCatalog
{
    /// <summary>Classifies texts or pairs of texts. Adds predicted labels, and probabilities with the labels' names.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">
    /// The name of the added column of predicted labels, usually "PredictedLabel": keys that <c>MapKeyToValue</c> maps to the names in
    /// the checkpoint's <c>id2label</c>.
    /// </param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="model">
    /// A checkpoint with a sequence classification head; null for <see cref="BertModel.Default"/>. Any number of steps can share one
    /// checkpoint.
    /// </param>
    /// <param name="pairColumnName">The name of the column of second texts; null if rows have one text.</param>
    /// <param name="scoreColumnName">The name of the added column of probabilities.</param>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertClassifierEstimator ApplyBertClassifier(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, string? pairColumnName = null,
        string scoreColumnName = "Score") =>
        catalog.ApplyBertClassifier(new BertClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
            ScoreColumnName = scoreColumnName,
        });

    /// <summary>
    /// Classifies texts or pairs of texts, with all options, such as logits, top labels, thresholds and the problem type.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, labels, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertClassifierEstimator ApplyBertClassifier(
        this TransformsCatalog.TextTransforms catalog, BertClassifierEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Predicts whether a text follows another, with BERT's next-sentence head. Adds "IsNext" or "NotNext", and the probabilities.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">
    /// The name of the added column of predicted labels, usually "PredictedLabel": keys that <c>MapKeyToValue</c> maps to the two
    /// names.
    /// </param>
    /// <param name="inputColumnName">The name of the column of first texts.</param>
    /// <param name="pairColumnName">The name of the column of texts that possibly follow them.</param>
    /// <param name="model">
    /// A checkpoint of <c>BertForNextSentencePrediction</c> or <c>BertForPreTraining</c>; null for <see cref="BertModel.Default"/>. Any
    /// number of steps can share one checkpoint.
    /// </param>
    /// <param name="scoreColumnName">The name of the added column of probabilities.</param>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertClassifierEstimator ApplyBertNextSentence(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, string pairColumnName, BertModel? model = null, string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(inputColumnName);
        ArgumentNullException.ThrowIfNull(pairColumnName);
        return catalog.ApplyBertNextSentence(new BertClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
            ScoreColumnName = scoreColumnName,
        });
    }

    /// <summary>Predicts whether a text follows another, with all options, such as logits.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertClassifierEstimator ApplyBertNextSentence(
        this TransformsCatalog.TextTransforms catalog, BertClassifierEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options with { Head = HeadKind.NextSentencePrediction });
    }

    /// <summary>Scores pairs of texts, such as their similarity, or the relevance of a passage to a query.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added score column (<see cref="float"/>), usually "Score".</param>
    /// <param name="inputColumnName">The name of the column of first texts; the queries, if passages are ranked.</param>
    /// <param name="pairColumnName">The name of the column of second texts.</param>
    /// <param name="model">
    /// A checkpoint with a sequence classification head of one label, such as a cross-encoder of sentence-transformers; null for
    /// <see cref="BertModel.Default"/>. Any number of steps can share one checkpoint.
    /// </param>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertCrossEncoderEstimator ApplyBertCrossEncoder(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, string pairColumnName, BertModel? model = null) =>
        catalog.ApplyBertCrossEncoder(new BertCrossEncoderEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
        });

    /// <summary>Scores pairs of texts, with all options, such as the activation.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, activation, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertCrossEncoderEstimator ApplyBertCrossEncoder(
        this TransformsCatalog.TextTransforms catalog, BertCrossEncoderEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Classifies texts by labels that the checkpoint was not trained for. Adds predicted labels, and scores with the labels' names.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added column of predicted labels (text), usually "PredictedLabel".</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="candidateLabels">The labels to choose from.</param>
    /// <param name="model">
    /// A checkpoint that was fine-tuned for natural language inference (NLI); null for <see cref="BertModel.Default"/>. Any number of steps
    /// can share one checkpoint.
    /// </param>
    /// <param name="multiLabel">
    /// Whether any number of labels can be true, so that each has a score of its own. By default, the scores of a row add up to 1.
    /// </param>
    /// <param name="scoreColumnName">The name of the added column of scores.</param>
    /// <exception cref="ArgumentException">There are no labels, or one is empty or too long.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertZeroShotClassifierEstimator ApplyBertZeroShotClassifier(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, IReadOnlyList<string> candidateLabels, BertModel? model = null,
        bool multiLabel = false, string scoreColumnName = "Score") =>
        catalog.ApplyBertZeroShotClassifier(new BertZeroShotClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            CandidateLabels = candidateLabels,
            MultiLabel = multiLabel,
            ScoreColumnName = scoreColumnName,
        });

    /// <summary>
    /// Classifies texts by labels that the checkpoint was not trained for, with all options, such as each row's own labels and the
    /// hypothesis.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, labels, hypothesis, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertZeroShotClassifierEstimator ApplyBertZeroShotClassifier(
        this TransformsCatalog.TextTransforms catalog, BertZeroShotClassifierEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Finds named entities: their texts, types ("EntityTypes"), probabilities ("EntityScores") and positions ("EntityStarts",
    /// "EntityEnds").
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added column of entities' texts, usually "Entities".</param>
    /// <param name="inputColumnName">The name of the text column.</param>
    /// <param name="model">
    /// A checkpoint with a token classification head; null for <see cref="BertModel.Default"/>. Any number of steps can share one
    /// checkpoint.
    /// </param>
    /// <param name="aggregation">How labels of tokens are combined into entities.</param>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertTokenClassifierEstimator ApplyBertTokenClassifier(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, BertAggregation aggregation = BertAggregation.Simple) =>
        catalog.ApplyBertTokenClassifier(new BertTokenClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Aggregation = aggregation,
        });

    /// <summary>Finds named entities, with all options, such as ignored labels and windows.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, aggregation, windows and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertTokenClassifierEstimator ApplyBertTokenClassifier(
        this TransformsCatalog.TextTransforms catalog, BertTokenClassifierEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>Finds the answer to a question in a context: its text, score and position ("AnswerStart", "AnswerEnd").</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">
    /// The name of the added column of answers, usually "Answer". Answers are parts of the context.
    /// </param>
    /// <param name="questionColumnName">The name of the question column.</param>
    /// <param name="contextColumnName">The name of the context column. Contexts can have any length.</param>
    /// <param name="model">
    /// A checkpoint with a question answering head; null for <see cref="BertModel.Default"/>. Any number of steps can share one
    /// checkpoint.
    /// </param>
    /// <param name="scoreColumnName">The name of the added score column. Scores are from 0 to 1.</param>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertQuestionAnsweringEstimator ApplyBertQuestionAnswering(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string questionColumnName, string contextColumnName, BertModel? model = null,
        string scoreColumnName = "Score") =>
        catalog.ApplyBertQuestionAnswering(new BertQuestionAnsweringEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            QuestionColumnName = questionColumnName,
            ContextColumnName = contextColumnName,
            ScoreColumnName = scoreColumnName,
        });

    /// <summary>Finds answers in contexts, with all options, such as several answers, unanswerable questions and windows.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, answers, windows and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertQuestionAnsweringEstimator ApplyBertQuestionAnswering(
        this TransformsCatalog.TextTransforms catalog, BertQuestionAnsweringEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Predicts the words behind masks: tokens, probabilities ("MaskScores") and the completed texts ("FilledTexts"), [masks, k].
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added column of tokens, usually "MaskTokens".</param>
    /// <param name="inputColumnName">The name of the column of texts that contain <c>[MASK]</c>.</param>
    /// <param name="model">
    /// A checkpoint with a masked language modelling head; null for <see cref="BertModel.Default"/>. Any number of steps can share one
    /// checkpoint.
    /// </param>
    /// <param name="topK">The number of tokens to return for each mask.</param>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertFillMaskEstimator ApplyBertFillMask(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, int topK = 5) =>
        catalog.ApplyBertFillMask(new BertFillMaskEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            TopK = topK,
        });

    /// <summary>Predicts the words behind masks, with all options, such as the list of allowed words.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, targets, windows and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertFillMaskEstimator ApplyBertFillMask(
        this TransformsCatalog.TextTransforms catalog, BertFillMaskEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Writes a text for each text, such as a translation or a summary, with a checkpoint of an encoder and a decoder.
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added column of texts.</param>
    /// <param name="inputColumnName">The name of the column of sources.</param>
    /// <param name="model">A checkpoint with a decoder. Any number of steps can share one checkpoint.</param>
    /// <param name="generation">How texts are generated; null for the checkpoint's own options.</param>
    /// <exception cref="ArgumentException">An option of the generation is not valid; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public static BertSequenceToSequenceEstimator ApplyBertSequenceToSequence(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel model, BertGenerationOptions? generation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return catalog.ApplyBertSequenceToSequence(new BertSequenceToSequenceEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Generation = generation,
        });
    }

    /// <summary>Writes a text for each text, with all options, such as scores and the best texts.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, generation, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public static BertSequenceToSequenceEstimator ApplyBertSequenceToSequence(
        this TransformsCatalog.TextTransforms catalog, BertSequenceToSequenceEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
