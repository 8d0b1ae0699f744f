using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>
/// Creates predictors from checkpoints, for programs without a data view. They correspond to HuggingFace's pipelines.
/// </summary>
/// <remarks>
/// Each method opens the checkpoint for one task. The predictor holds a native session until it is disposed; predictors and transformers
/// over one <see cref="BertModel"/> share it. Of the options, the names of columns are not used, and the checkpoint replaces the
/// <see cref="BertStepOptions.Model"/>.
/// </remarks>
public static class BertPredictorCatalog
{
    /// <summary>Creates a predictor of vectors from texts.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="options">Pooling, prompt, length and batching; null for the checkpoint's own.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static BertPredictor<string, BertEmbedding> CreateEmbedder(this BertModel model, BertEmbeddingOptions? options = null) =>
        Create(BertEmbeddingTransformer.Create(model, options), transformer => transformer.CreateEmbedder());

    /// <summary>Creates a predictor of labels from texts.</summary>
    /// <param name="model">A checkpoint with a sequence classification head.</param>
    /// <param name="topK">
    /// The number of labels to return, most probable first. Default 1; null for all. The score of a label is its probability: the
    /// softmax or the sigmoid of its logit, by <see cref="BertProblemType"/>; of a regression, the logit.
    /// </param>
    /// <param name="options">The meaning of the logits, length and batching; null for the checkpoint's own.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<string, IReadOnlyList<BertLabelScore>> CreateClassifier(
        this BertModel model, int? topK = 1, BertClassifierEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertClassifierEstimator(new MLContext(), (options ?? new()) with { Model = model, PairColumnName = null });
        return Create(estimator.Create(), transformer => transformer.CreateClassifier(topK));
    }

    /// <summary>Creates a predictor of labels from pairs of texts, such as entailment.</summary>
    /// <param name="model">A checkpoint with a sequence classification head.</param>
    /// <param name="topK">The number of labels to return, most probable first. Default 1; null for all.</param>
    /// <param name="options">The meaning of the logits, length and batching; null for the checkpoint's own.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<BertTextPair, IReadOnlyList<BertLabelScore>> CreatePairClassifier(
        this BertModel model, int? topK = 1, BertClassifierEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertClassifierEstimator(new MLContext(), (options ?? new()) with { Model = model, PairColumnName = "Pair" });
        return Create(estimator.Create(), transformer => transformer.CreatePairClassifier(topK));
    }

    /// <summary>Creates a predictor of labels that the checkpoint was not trained for. It returns all, highest score first.</summary>
    /// <param name="model">A checkpoint that was fine-tuned for natural language inference (NLI).</param>
    /// <param name="candidateLabels">The labels to choose from.</param>
    /// <param name="options">The hypothesis, whether several labels can be true, length and batching; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no labels, or an option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<string, IReadOnlyList<BertLabelScore>> CreateZeroShotClassifier(
        this BertModel model, IReadOnlyList<string> candidateLabels, BertZeroShotClassifierEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(candidateLabels);
        var estimator = new BertZeroShotClassifierEstimator(new MLContext(), (options ?? new()) with
        {
            Model = model,
            CandidateLabels = candidateLabels,
            CandidateLabelsColumnName = null,
        });
        return Create(estimator.Create(), transformer => transformer.CreateZeroShotClassifier());
    }

    /// <summary>Creates a predictor of the named entities in texts of any length.</summary>
    /// <param name="model">A checkpoint with a token classification head.</param>
    /// <param name="options">
    /// How labels of tokens are combined into entities, ignored labels, windows and batching; null for the defaults, which are those of
    /// <see cref="BertAggregation.Simple"/>.
    /// </param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<string, IReadOnlyList<BertEntity>> CreateEntityRecognizer(
        this BertModel model, BertTokenClassifierEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertTokenClassifierEstimator(new MLContext(), (options ?? new()) with { Model = model });
        return Create(estimator.Create(), transformer => transformer.CreateEntityRecognizer());
    }

    /// <summary>Creates a predictor of answers to questions, as parts of contexts of any length, best first.</summary>
    /// <param name="model">A checkpoint with a question answering head.</param>
    /// <param name="options">
    /// The number of answers, unanswerable questions, windows and batching; null for the defaults, which return one answer. A context
    /// without words has none.
    /// </param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<BertQuestion, IReadOnlyList<BertAnswer>> CreateQuestionAnswerer(
        this BertModel model, BertQuestionAnsweringEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertQuestionAnsweringEstimator(new MLContext(), (options ?? new()) with { Model = model });
        return Create(estimator.Create(), transformer => transformer.CreateQuestionAnswerer());
    }

    /// <summary>Creates a predictor of the order of passages for a query: all passages, the one with the highest score first.</summary>
    /// <param name="model">
    /// A checkpoint with a sequence classification head of one label, such as a cross-encoder of sentence-transformers.
    /// </param>
    /// <param name="options">The activation, length and batching; null for the checkpoint's own.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<BertRankingQuery, IReadOnlyList<BertRankedPassage>> CreateReranker(
        this BertModel model, BertCrossEncoderEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertCrossEncoderEstimator(new MLContext(), (options ?? new()) with { Model = model });
        return Create(estimator.Create(), transformer => transformer.CreateReranker());
    }

    /// <summary>Creates a predictor of the words behind the masks of texts, for each mask the most probable first.</summary>
    /// <param name="model">A checkpoint with a masked language modelling head.</param>
    /// <param name="options">
    /// The number of words for each mask, the words to choose from, windows and batching; null for the defaults, which return five words.
    /// </param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint does not have the required head.</exception>
    public static BertPredictor<string, IReadOnlyList<BertFilledMask>> CreateFillMask(
        this BertModel model, BertFillMaskEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertFillMaskEstimator(new MLContext(), (options ?? new()) with { Model = model });
        return Create(estimator.Create(), transformer => transformer.CreateFillMask());
    }

    /// <summary>Creates a predictor of texts from texts, such as translations and summaries, for each input the best first.</summary>
    /// <param name="model">A checkpoint with a decoder.</param>
    /// <param name="options">
    /// How texts are generated and how many, long inputs, length and batching; null for the checkpoint's own, usually one text.
    /// </param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public static BertPredictor<string, IReadOnlyList<BertGeneratedText>> CreateTextGenerator(
        this BertModel model, BertSequenceToSequenceEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertSequenceToSequenceEstimator(new MLContext(), (options ?? new()) with { Model = model });
        return Create(estimator.Create(), transformer => transformer.CreateTextGenerator());
    }

    /// <summary>Creates a predictor of summaries that consist of the sentences of a text that say most.</summary>
    /// <param name="model">A checkpoint of vectors, or one that was trained to score sentences.</param>
    /// <param name="options">The length of summaries, repetition and batching; null for the defaults, which pick three sentences.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    public static BertPredictor<string, BertSummary> CreateExtractiveSummarizer(
        this BertModel model, BertExtractiveSummarizerEstimator.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var estimator = new BertExtractiveSummarizerEstimator(new MLContext(), (options ?? new()) with { Model = model });
        return Create(estimator.Create(), transformer => transformer.CreateExtractiveSummarizer());
    }

    /// <summary>Creates a predictor that owns its transformer.</summary>
    private static BertPredictor<TInput, TResult> Create<TTransformer, TInput, TResult>(
        TTransformer transformer, Func<TTransformer, BertPredictor<TInput, TResult>> create)
        where TTransformer : BertTransformer
        where TInput : class
    {
        try
        {
            return create(transformer).Own();
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }
}
