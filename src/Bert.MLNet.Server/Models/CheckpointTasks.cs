namespace Bert.MLNet.Server.Models;

/// <summary>Opens the tasks that a checkpoint was trained for.</summary>
internal static class CheckpointTasks
{
    /// <summary>Opens a checkpoint for the tasks of its heads. One without a head of labels or answers computes vectors.</summary>
    /// <param name="id">The model's id.</param>
    /// <param name="model">The checkpoint.</param>
    /// <param name="tasks">Creates the tasks.</param>
    /// <exception cref="NotSupportedException">The checkpoint has no weights for its head.</exception>
    public static ServedModel Open(string id, BertModel model, TaskFactory tasks)
    {
        bool classifies = Has(model, "ForSequenceClassification"), answers = Has(model, "ForQuestionAnswering");
        bool picks = BertExtractiveSummarizerEstimator.ScoresSentences(model);
        bool findsEntities = Has(model, "ForTokenClassification") && !picks;
        bool embeds = !classifies && !findsEntities && !picks && !answers && model.Decoder is null;
        IServedTask<string, string>? written = model.Decoder is null ? null : tasks.Create(
            "write", model.CreateTextGenerator(On(new BertSequenceToSequenceEstimator.Options())), TaskFactory.LimitOfText(model),
            texts => texts[0].Text);
        ScoringTask<BertTextPair>? pairs = classifies ? new(ScorePair(null), ScorePair(BertProblemType.Regression)) : null;
        return new ServedModel
        {
            Id = id,
            Checkpoint = model,
            Owned = tasks.Owned,
            Embed = embeds ? Embed(model.Sentence.DefaultPrompt ?? "") : null,
            EmbedWithPrompt = (embeds ? model.Sentence.Prompts : new Dictionary<string, string>())
                .ToDictionary(prompt => prompt.Key, prompt => Embed(prompt.Value)),
            Classify = classifies ? new(Score(null), Score(BertProblemType.Regression)) : null,
            ClassifyPair = pairs,
            Rerank = pairs is not null && model.Config.NumLabels == 1
                ? pairs with { Probabilities = ScorePair(BertProblemType.MultiLabelClassification) }
                : null,
            FindEntities = findsEntities
                ? tasks.Create("ner", model.CreateEntityRecognizer(On(new BertTokenClassifierEstimator.Options())))
                : null,
            Answer = answers
                ? tasks.Create("qa", model.CreateQuestionAnswerer(On(new BertQuestionAnsweringEstimator.Options())))
                : null,
            FillMask = Has(model, "ForMaskedLM") ? FillMask(model, tasks) : null,
            Attend = embeds && model.Config.NumHiddenLayers > 0 ? tasks.CreateAttention(model) : null,
            Summarize = written ?? (embeds || picks
                ? tasks.Create(
                    "summarize", model.CreateExtractiveSummarizer(On(new BertExtractiveSummarizerEstimator.Options())), null,
                    summary => summary.Text)
                : null),
            Translate = written,
        };

        // The routes normalize, as a request asks.
        IServedTask<string, BertEmbedding> Embed(string prompt) => tasks.Create(
            "embed", model.CreateEmbedder(On(new BertEmbeddingOptions { Prompt = prompt, Normalize = false })),
            TaskFactory.LimitOfText(model, prompt));

        IServedTask<string, IReadOnlyList<LabelScore>> Score(BertProblemType? type) => tasks.CreateScoring(
            model.CreateClassifier(topK: null, On(new BertClassifierEstimator.Options { ProblemType = type })),
            TaskFactory.LimitOfText(model));

        IServedTask<BertTextPair, IReadOnlyList<LabelScore>> ScorePair(BertProblemType? type) => tasks.CreateScoring(
            model.CreatePairClassifier(topK: null, On(new BertClassifierEstimator.Options { ProblemType = type })),
            TaskFactory.LimitOfPair(model));

        TOptions On<TOptions>(TOptions options)
            where TOptions : BertStepOptions => tasks.Device.Apply(options);
    }

    private static bool Has(BertModel model, string head) =>
        model.Config.Architectures.Any(name => name.EndsWith(head, StringComparison.Ordinal));

    /// <summary>Checkpoints of sentence-transformers often name this architecture but have lost its head.</summary>
    private static IServedTask<string, IReadOnlyList<BertFilledMask>>? FillMask(BertModel model, TaskFactory tasks)
    {
        try
        {
            return tasks.Create("fill-mask", model.CreateFillMask(tasks.Device.Apply(new BertFillMaskEstimator.Options())));
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }
}
