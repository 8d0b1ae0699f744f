using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Measures of the tasks of BERT on ML.NET's catalogs, beside their own <c>Evaluate</c>. Each reads the data once, and only the columns that it names.</summary>
public static class BertEvaluationCatalog
{
    /// <summary>Compares predicted named entities with labelled ones, as <see href="https://github.com/chakki-works/seqeval">seqeval</see> does.</summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with labels and predictions.</param>
    /// <param name="labelColumnName">The column of right tags, one a word: a vector of text, or of keys whose values are texts. A missing or empty tag is O.</param>
    /// <param name="predictedLabelColumnName">The column of predicted tags, of the same form and as many a row.</param>
    /// <param name="scheme">How tags are read as entities.</param>
    /// <returns>Precision, recall and F1 of each type and their averages.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">A row has more labels than predictions, or fewer.</exception>
    /// <exception cref="FormatException"><paramref name="scheme"/> does not know a tag.</exception>
    public static NamedEntityMetrics EvaluateNamedEntities(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel", NamedEntityScheme scheme = NamedEntityScheme.Conll)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(predictedLabelColumnName);
        return NamedEntityEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data, labelColumnName, predictedLabelColumnName, scheme);
    }

    /// <summary>Compares predicted named entities with labelled ones by their places in the texts: an entity is right if its type, start and end are.</summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with labels and predictions, each three columns of vectors, of one length in a row: types (text, or keys whose values are texts), starts and ends (<see cref="int"/>).</param>
    /// <param name="labelColumnName">The column of right types. An entity whose type is missing does not count.</param>
    /// <param name="labelStartsColumnName">The column of right starts, in UTF-16 units as those that are predicted.</param>
    /// <param name="labelEndsColumnName">The column of right ends.</param>
    /// <param name="predictedTypesColumnName">The column of predicted types.</param>
    /// <param name="predictedStartsColumnName">The column of predicted starts.</param>
    /// <param name="predictedEndsColumnName">The column of predicted ends.</param>
    /// <returns>Precision, recall and F1 of each type and their averages; the accuracy of words is NaN.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">A row has more types than starts or ends, or fewer.</exception>
    public static NamedEntityMetrics EvaluateNamedEntitySpans(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName, string labelStartsColumnName, string labelEndsColumnName,
        string predictedTypesColumnName = "EntityTypes", string predictedStartsColumnName = "EntityStarts", string predictedEndsColumnName = "EntityEnds")
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(labelStartsColumnName);
        ArgumentNullException.ThrowIfNull(labelEndsColumnName);
        ArgumentNullException.ThrowIfNull(predictedTypesColumnName);
        ArgumentNullException.ThrowIfNull(predictedStartsColumnName);
        ArgumentNullException.ThrowIfNull(predictedEndsColumnName);
        return NamedEntityEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data,
            new((labelColumnName, nameof(labelColumnName)), (labelStartsColumnName, nameof(labelStartsColumnName)), (labelEndsColumnName, nameof(labelEndsColumnName))),
            new((predictedTypesColumnName, nameof(predictedTypesColumnName)), (predictedStartsColumnName, nameof(predictedStartsColumnName)), (predictedEndsColumnName, nameof(predictedEndsColumnName))));
    }

    /// <summary>Compares predicted answers with the right ones, as the scripts of <see href="https://rajpurkar.github.io/SQuAD-explorer/">SQuAD</see> do: in lower case, without punctuation, articles and extra white space.</summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with labels and predictions.</param>
    /// <param name="labelColumnName">The column of right answers: text, or a vector of texts any of which is right. A question that has none (missing or empty text, empty vector) is right if no answer is predicted.</param>
    /// <param name="predictedAnswerColumnName">The column of predicted answers: text, or a vector of texts, the best one first, of which that one counts. Missing or empty text: no answer.</param>
    /// <param name="noAnswerColumnName">A column of <see cref="float"/>: the larger, the surer the prediction is that there is no answer. With it the threshold is sought that gives the best figures; then the predictions should be answers throughout (a <c>NoAnswerThreshold</c> of 1). Null: not sought.</param>
    /// <returns>Exact match and F1, over all questions and over those with and without an answer.</returns>
    /// <remarks>Figures are kept until the end, 32 bytes a question.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">A row has no number (NaN) in <paramref name="noAnswerColumnName"/>.</exception>
    public static QuestionAnsweringMetrics EvaluateQuestionAnswering(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName = "TrainingAnswer", string predictedAnswerColumnName = "Answer", string? noAnswerColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(predictedAnswerColumnName);
        return QuestionAnsweringEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data, labelColumnName, predictedAnswerColumnName, noAnswerColumnName);
    }

    /// <summary>Compares scores of sentence pairs with labels: Pearson's and Spearman's correlations, and the figures of <see cref="RegressionCatalog.Evaluate"/>.</summary>
    /// <param name="catalog">The catalog of regression.</param>
    /// <param name="data">Data with labels and scores.</param>
    /// <param name="labelColumnName">The column of labels (<see cref="float"/>).</param>
    /// <param name="scoreColumnName">The column of scores (<see cref="float"/>), on any scale if only correlations matter.</param>
    /// <returns>The figures, over the rows in which neither label nor score is missing (NaN).</returns>
    /// <remarks>Labels and scores are kept until the end, 16 bytes a row: ranks need them all.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public static SentenceSimilarityMetrics EvaluateSentenceSimilarity(this RegressionCatalog catalog, IDataView data,
        string labelColumnName = "Label", string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(scoreColumnName);
        return SentenceSimilarityEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data, labelColumnName, scoreColumnName);
    }

    /// <summary>Masks words of texts and has a checkpoint guess them: accuracy, loss and perplexity as in the pretraining of masked language models.</summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with texts.</param>
    /// <param name="inputColumnName">The column of texts. Texts longer than the checkpoint are read in windows; missing or empty ones have nothing to mask.</param>
    /// <param name="model">A checkpoint with the head of its pretraining, such as <c>BertForMaskedLM</c>; null: <see cref="BertModel.Default"/>.</param>
    /// <param name="mlmProbability">The share of tokens to mask. Whole words are drawn; of their tokens 80 % become [MASK], 10 % another token, and 10 % stay (Devlin et al., 2019).</param>
    /// <param name="seed">Where chance begins. What is masked in a text depends on it and on the text alone, so that checkpoints with one tokenizer are asked for the same words.</param>
    /// <returns>The figures, over masked tokens. Perplexities of checkpoints with different vocabularies cannot be compared.</returns>
    /// <remarks>Runs on ONNX Runtime, in batches of similar length.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or is no text, or <paramref name="mlmProbability"/> is not from 0 to 1.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no such head.</exception>
    public static MaskedLanguageModelMetrics EvaluateMaskedLanguageModel(this MulticlassClassificationCatalog catalog, IDataView data,
        string inputColumnName = "Text", BertModel? model = null, double mlmProbability = 0.15, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(inputColumnName);
        return MaskedLanguageModelEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data, model ?? BertModel.Default, inputColumnName, mlmProbability, seed);
    }
}
