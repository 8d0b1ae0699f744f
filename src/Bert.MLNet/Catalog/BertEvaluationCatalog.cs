using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Adds metrics for BERT tasks to ML.NET's catalogs, in addition to their own <c>Evaluate</c>.</summary>
/// <remarks>Each method reads the data once, and only the columns that it names.</remarks>
public static class BertEvaluationCatalog
{
    /// <summary>
    /// Compares predicted named entities with labelled ones, as <see href="https://github.com/chakki-works/seqeval">seqeval</see> does.
    /// </summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with labels and predictions.</param>
    /// <param name="labelColumnName">
    /// The name of the column of correct tags, one for each word: a vector of text, or of keys with text values. A missing or empty tag
    /// counts as O.
    /// </param>
    /// <param name="predictedLabelColumnName">
    /// The name of the column of predicted tags, with the same type and number of tags.
    /// </param>
    /// <param name="scheme">How tags are interpreted as entities.</param>
    /// <returns>Precision, recall and F1 of each type, and their averages.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">A row has different numbers of labels and predictions.</exception>
    /// <exception cref="FormatException">A tag is not part of <paramref name="scheme"/>.</exception>
    public static NamedEntityMetrics EvaluateNamedEntities(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel",
        NamedEntityScheme scheme = NamedEntityScheme.Conll)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(predictedLabelColumnName);
        return NamedEntityEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data, labelColumnName, predictedLabelColumnName, scheme);
    }

    /// <summary>Compares predicted named entities with labelled ones by their positions in the texts.</summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">
    /// Data with labels and predictions. Each has three vector columns, of the same length in a row: types (text, or keys with text
    /// values), starts and ends (<see cref="int"/>).
    /// </param>
    /// <param name="labelColumnName">The name of the column of correct types. An entity with a missing type is ignored.</param>
    /// <param name="labelStartsColumnName">
    /// The name of the column of correct starts, in UTF-16 code units like the predicted ones.
    /// </param>
    /// <param name="labelEndsColumnName">The name of the column of correct ends.</param>
    /// <param name="predictedTypesColumnName">The name of the column of predicted types.</param>
    /// <param name="predictedStartsColumnName">The name of the column of predicted starts.</param>
    /// <param name="predictedEndsColumnName">The name of the column of predicted ends.</param>
    /// <returns>Precision, recall and F1 of each type, and their averages. The accuracy of words is NaN.</returns>
    /// <remarks>An entity is correct if its type, start and end are.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">A row has different numbers of types, starts and ends.</exception>
    public static NamedEntityMetrics EvaluateNamedEntitySpans(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName, string labelStartsColumnName, string labelEndsColumnName,
        string predictedTypesColumnName = "EntityTypes", string predictedStartsColumnName = "EntityStarts",
        string predictedEndsColumnName = "EntityEnds")
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(labelStartsColumnName);
        ArgumentNullException.ThrowIfNull(labelEndsColumnName);
        ArgumentNullException.ThrowIfNull(predictedTypesColumnName);
        ArgumentNullException.ThrowIfNull(predictedStartsColumnName);
        ArgumentNullException.ThrowIfNull(predictedEndsColumnName);
        return NamedEntityEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data,
            new(
                (labelColumnName, nameof(labelColumnName)),
                (labelStartsColumnName, nameof(labelStartsColumnName)),
                (labelEndsColumnName, nameof(labelEndsColumnName))),
            new(
                (predictedTypesColumnName, nameof(predictedTypesColumnName)),
                (predictedStartsColumnName, nameof(predictedStartsColumnName)),
                (predictedEndsColumnName, nameof(predictedEndsColumnName))));
    }

    /// <summary>
    /// Compares predicted answers with the correct ones, as the scripts of
    /// <see href="https://rajpurkar.github.io/SQuAD-explorer/">SQuAD</see> do.
    /// </summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with labels and predictions.</param>
    /// <param name="labelColumnName">
    /// The name of the column of correct answers: text, or a vector of alternative texts. If a question has none (missing or empty
    /// text, empty vector), a prediction is correct if it has no answer.
    /// </param>
    /// <param name="predictedAnswerColumnName">
    /// The name of the column of predicted answers: text, or a vector of texts with the best first, which is the one evaluated. Missing
    /// or empty text means no answer.
    /// </param>
    /// <param name="noAnswerColumnName">
    /// The name of a column of <see cref="float"/> whose values grow with the certainty that there is no answer. With it, the threshold
    /// with the best metrics is searched; every prediction should then be an answer (a <c>NoAnswerThreshold</c> of 1). Null: no search.
    /// </param>
    /// <returns>Exact match and F1, over all questions and over those with and without an answer.</returns>
    /// <remarks>
    /// Texts are compared in lower case, without punctuation, articles and extra white space. Intermediate figures use 32 bytes of
    /// memory for each question.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">
    /// <paramref name="noAnswerColumnName"/> contains a value that is not a number (NaN).
    /// </exception>
    public static QuestionAnsweringMetrics EvaluateQuestionAnswering(this MulticlassClassificationCatalog catalog, IDataView data,
        string labelColumnName = "TrainingAnswer", string predictedAnswerColumnName = "Answer", string? noAnswerColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(predictedAnswerColumnName);
        return QuestionAnsweringEvaluator.Evaluate(
            CatalogUtils.GetEnvironment(catalog), data, labelColumnName, predictedAnswerColumnName, noAnswerColumnName);
    }

    /// <summary>
    /// Compares scores of sentence pairs with labels by Pearson's and Spearman's correlation and the metrics of regression.
    /// </summary>
    /// <param name="catalog">The catalog of regression.</param>
    /// <param name="data">Data with labels and scores.</param>
    /// <param name="labelColumnName">The name of the label column (<see cref="float"/>).</param>
    /// <param name="scoreColumnName">The name of the score column (<see cref="float"/>). Any scale suits the correlations.</param>
    /// <returns>
    /// The metrics, including those of <see cref="RegressionCatalog.Evaluate"/>, over the rows in which neither label nor score is
    /// missing (NaN).
    /// </returns>
    /// <remarks>All labels and scores are kept in memory to compute ranks, 16 bytes for each row.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public static SentenceSimilarityMetrics EvaluateSentenceSimilarity(this RegressionCatalog catalog, IDataView data,
        string labelColumnName = "Label", string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        ArgumentNullException.ThrowIfNull(scoreColumnName);
        return SentenceSimilarityEvaluator.Evaluate(CatalogUtils.GetEnvironment(catalog), data, labelColumnName, scoreColumnName);
    }

    /// <summary>Masks words of texts and measures how well a checkpoint predicts them: accuracy, loss and perplexity.</summary>
    /// <param name="catalog">The catalog of multiclass classification.</param>
    /// <param name="data">Data with texts.</param>
    /// <param name="inputColumnName">
    /// The name of the text column. Texts longer than the checkpoint's maximum are read in windows. Missing or empty texts are skipped.
    /// </param>
    /// <param name="model">
    /// A checkpoint with the head of its pretraining, such as <c>BertForMaskedLM</c>; null for <see cref="BertModel.Default"/>.
    /// </param>
    /// <param name="mlmProbability">
    /// The share of tokens to mask. Whole words are drawn. Of their tokens, 80 % become [MASK], 10 % become another token, and 10 %
    /// stay (Devlin et al., 2019).
    /// </param>
    /// <param name="seed">
    /// The seed of the random masks. The masks of a text depend only on the seed and the text, so that checkpoints with the same
    /// tokenizer are evaluated on the same words.
    /// </param>
    /// <returns>
    /// The metrics, over masked tokens. Perplexities of checkpoints with different vocabularies cannot be compared.
    /// </returns>
    /// <remarks>Runs on ONNX Runtime, in batches of similar length.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The column is missing or is not text, or <paramref name="mlmProbability"/> is not from 0 to 1.
    /// </exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static MaskedLanguageModelMetrics EvaluateMaskedLanguageModel(
        this MulticlassClassificationCatalog catalog, IDataView data,
        string inputColumnName = "Text", BertModel? model = null, double mlmProbability = 0.15, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(inputColumnName);
        return MaskedLanguageModelEvaluator.Evaluate(
            CatalogUtils.GetEnvironment(catalog), data, model ?? BertModel.Default, inputColumnName, mlmProbability, seed);
    }

    /// <summary>Evaluates search by vectors, with judged relevance.</summary>
    /// <param name="catalog">The catalog of ranking.</param>
    /// <param name="queries">The queries, with an id (text) and a vector of <see cref="float"/>.</param>
    /// <param name="documents">The documents, with the same columns.</param>
    /// <param name="judgements">
    /// The relevance of documents for queries: two ids (text) and a <see cref="float"/>, where 0 or less is not relevant.
    /// Documents that are not listed are not relevant.
    /// </param>
    /// <param name="cutoff">The number k of documents to consider for each query.</param>
    /// <param name="idColumnName">The name of the id column of queries and documents.</param>
    /// <param name="featureColumnName">The name of the vector column of queries and documents.</param>
    /// <param name="queryColumnName">The name of the column of query ids in the judgements.</param>
    /// <param name="documentColumnName">The name of the column of document ids in the judgements.</param>
    /// <param name="labelColumnName">The name of the column of relevance in the judgements.</param>
    /// <returns>nDCG@k, MRR@k and recall@k, averaged over the queries that have relevant documents.</returns>
    /// <remarks>
    /// Each query is compared with all documents by cosine. All vectors are kept in memory, four bytes for each value.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A column is missing or has another type, or <paramref name="cutoff"/> is less than 1.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// An id occurs twice, vectors have different dimensions, or no query has a relevant document.
    /// </exception>
    public static RetrievalMetrics EvaluateRetrieval(
        this RankingCatalog catalog, IDataView queries, IDataView documents, IDataView judgements, int cutoff = 10,
        string idColumnName = "Id", string featureColumnName = "Features", string queryColumnName = "Query",
        string documentColumnName = "Document", string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(judgements);
        ArgumentNullException.ThrowIfNull(idColumnName);
        ArgumentNullException.ThrowIfNull(featureColumnName);
        ArgumentNullException.ThrowIfNull(queryColumnName);
        ArgumentNullException.ThrowIfNull(documentColumnName);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        if (cutoff < 1)
            throw new ArgumentOutOfRangeException(nameof(cutoff), $"{nameof(cutoff)} is {cutoff}; it must be at least 1.");
        IHostEnvironment env = CatalogUtils.GetEnvironment(catalog);
        (string, string) id = (idColumnName, nameof(idColumnName)), features = (featureColumnName, nameof(featureColumnName));
        return RetrievalEvaluator.Evaluate(
            RetrievalColumns.Vectors(env, queries, id, features), RetrievalColumns.Vectors(env, documents, id, features),
            RetrievalColumns.Judgements(env, judgements, (queryColumnName, nameof(queryColumnName)),
                (documentColumnName, nameof(documentColumnName)), (labelColumnName, nameof(labelColumnName))),
            cutoff);
    }
}
