namespace Bert.MLNet.Server.Models;

/// <summary>An open model and its tasks. A task that the model cannot do is null. Thread-safe.</summary>
internal sealed record ServedModel : IDisposable
{
    /// <summary>The id by which requests name the model.</summary>
    public required string Id { get; init; }

    /// <summary>The checkpoint; of a model.zip, that of its first step with one, or null.</summary>
    public required BertModel? Checkpoint { get; init; }

    /// <summary>What is disposed of with the model.</summary>
    public required IReadOnlyList<IDisposable> Owned { get; init; }

    /// <summary>Computes vectors of any length, which the routes normalize.</summary>
    public IServedTask<string, BertEmbedding>? Embed { get; init; }

    /// <summary>The same with one of the checkpoint's prompts, by the prompt's name.</summary>
    public IReadOnlyDictionary<string, IServedTask<string, BertEmbedding>> EmbedWithPrompt { get; init; } =
        new Dictionary<string, IServedTask<string, BertEmbedding>>();

    /// <summary>Computes the scores of all labels of a text, the highest first.</summary>
    public ScoringTask<string>? Classify { get; init; }

    /// <summary>Computes the scores of all labels of a pair of texts, the highest first.</summary>
    public ScoringTask<BertTextPair>? ClassifyPair { get; init; }

    /// <summary>Computes how well a text, the second of a pair, answers a query.</summary>
    public ScoringTask<BertTextPair>? Rerank { get; init; }

    public IServedTask<string, IReadOnlyList<BertEntity>>? FindEntities { get; init; }

    public IServedTask<BertQuestion, IReadOnlyList<BertAnswer>>? Answer { get; init; }

    public IServedTask<string, IReadOnlyList<BertFilledMask>>? FillMask { get; init; }

    /// <summary>Computes which token attends to which.</summary>
    public IServedTask<string, BertAttention>? Attend { get; init; }

    /// <summary>Writes summaries with the checkpoint's decoder, or picks sentences of the texts by its vectors.</summary>
    public IServedTask<string, string>? Summarize { get; init; }

    /// <summary>Writes translations with the checkpoint's decoder.</summary>
    public IServedTask<string, string>? Translate { get; init; }

    /// <summary>The names of the tasks, for clients.</summary>
    public IReadOnlyList<string> Tasks =>
    [
        .. new (string Name, object? Task)[]
        {
            ("embed", Embed), ("rerank", Rerank), ("predict", (object?)Classify ?? ClassifyPair), ("ner", FindEntities), ("qa", Answer),
            ("fill-mask", FillMask), ("attention", Attend), ("summarize", Summarize), ("translate", Translate),
        }.Where(task => task.Task is not null).Select(task => task.Name),
    ];

    /// <summary>The same in one line.</summary>
    public string TaskNames => string.Join(", ", Tasks);

    public void Dispose()
    {
        foreach (IDisposable owned in Owned)
            owned.Dispose();
    }
}
