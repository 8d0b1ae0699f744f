using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Checkpoints that were fine-tuned for a task, as steps in <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertTaskCatalog
{
    /// <summary>Classifies texts, or pairs of texts: predicted labels, and probabilities with the labels' names.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of predicted labels that is added, usually "PredictedLabel": keys that <c>MapKeyToValue</c> turns into the names in the checkpoint's <c>id2label</c>.</param>
    /// <param name="inputColumnName">The column of texts.</param>
    /// <param name="model">A checkpoint with a head for sequence classification; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="pairColumnName">The column of second texts; null: rows have one text.</param>
    /// <param name="scoreColumnName">The column of probabilities that is added.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertClassifierEstimator ApplyBertClassifier(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, string? pairColumnName = null, string scoreColumnName = "Score") =>
        catalog.ApplyBertClassifier(new BertClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
            ScoreColumnName = scoreColumnName,
        });

    /// <summary>Classifies texts, or pairs of texts, with all options: also logits, the most probable labels, thresholds and what the logits mean.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, labels, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertClassifierEstimator ApplyBertClassifier(this TransformsCatalog.TextTransforms catalog, BertClassifierEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>Tells whether a text follows another, with the head of BERT's pretraining: "IsNext" or "NotNext", and their probabilities.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of predicted labels that is added, usually "PredictedLabel": keys that <c>MapKeyToValue</c> turns into the two names.</param>
    /// <param name="inputColumnName">The column of first texts.</param>
    /// <param name="pairColumnName">The column of texts that may follow them.</param>
    /// <param name="model">A checkpoint of <c>BertForNextSentencePrediction</c> or <c>BertForPreTraining</c>; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="scoreColumnName">The column of probabilities that is added.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
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

    /// <summary>Tells whether a text follows another, with all options: also logits.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertClassifierEstimator ApplyBertNextSentence(this TransformsCatalog.TextTransforms catalog, BertClassifierEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(CatalogUtils.GetEnvironment(catalog), options with { Head = HeadKind.NextSentencePrediction });
    }

    /// <summary>Scores pairs of texts: how alike they are, or how well a passage answers a query.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of scores that is added (<see cref="float"/>), usually "Score".</param>
    /// <param name="inputColumnName">The column of first texts: queries, where passages are ranked.</param>
    /// <param name="pairColumnName">The column of second texts.</param>
    /// <param name="model">A checkpoint with a head for sequence classification of one label, such as a cross-encoder of sentence-transformers; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertCrossEncoderEstimator ApplyBertCrossEncoder(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, string pairColumnName, BertModel? model = null) =>
        catalog.ApplyBertCrossEncoder(new BertCrossEncoderEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
        });

    /// <summary>Scores pairs of texts, with all options: also the activation.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, activation, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertCrossEncoderEstimator ApplyBertCrossEncoder(this TransformsCatalog.TextTransforms catalog, BertCrossEncoderEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>Finds named entities: their texts, types ("EntityTypes"), probabilities ("EntityScores") and places in the text ("EntityStarts", "EntityEnds").</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of entities' texts that is added, usually "Entities".</param>
    /// <param name="inputColumnName">The column of texts.</param>
    /// <param name="model">A checkpoint with a head for token classification; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="aggregation">How labels of tokens become entities.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertTokenClassifierEstimator ApplyBertTokenClassifier(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, BertAggregation aggregation = BertAggregation.Simple) =>
        catalog.ApplyBertTokenClassifier(new BertTokenClassifierEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Aggregation = aggregation,
        });

    /// <summary>Finds named entities, with all options: also labels to leave out, and windows.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, aggregation, windows and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertTokenClassifierEstimator ApplyBertTokenClassifier(this TransformsCatalog.TextTransforms catalog, BertTokenClassifierEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>Finds the answer to a question in a context: its text, score and place in the context ("AnswerStart", "AnswerEnd").</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of answers that is added, usually "Answer": parts of the context.</param>
    /// <param name="questionColumnName">The column of questions.</param>
    /// <param name="contextColumnName">The column of contexts, however long.</param>
    /// <param name="model">A checkpoint with a head for question answering; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="scoreColumnName">The column of scores that is added, from 0 to 1.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertQuestionAnsweringEstimator ApplyBertQuestionAnswering(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string questionColumnName, string contextColumnName, BertModel? model = null, string scoreColumnName = "Score") =>
        catalog.ApplyBertQuestionAnswering(new BertQuestionAnsweringEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            QuestionColumnName = questionColumnName,
            ContextColumnName = contextColumnName,
            ScoreColumnName = scoreColumnName,
        });

    /// <summary>Finds answers in contexts, with all options: also several answers, none, and windows.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, answers, windows and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertQuestionAnsweringEstimator ApplyBertQuestionAnswering(this TransformsCatalog.TextTransforms catalog, BertQuestionAnsweringEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>Guesses the words behind masks: tokens, probabilities ("MaskScores") and the texts with them ("FilledTexts"), [masks, k].</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of tokens that is added, usually "MaskTokens".</param>
    /// <param name="inputColumnName">The column of texts with <c>[MASK]</c> in them.</param>
    /// <param name="model">A checkpoint with a head for masked words; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="topK">How many tokens are given for each mask.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertFillMaskEstimator ApplyBertFillMask(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, BertModel? model = null, int topK = 5) =>
        catalog.ApplyBertFillMask(new BertFillMaskEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            TopK = topK,
        });

    /// <summary>Guesses the words behind masks, with all options: also the only words that may be given.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, targets, windows and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static BertFillMaskEstimator ApplyBertFillMask(this TransformsCatalog.TextTransforms catalog, BertFillMaskEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
