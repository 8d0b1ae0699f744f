using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet.Server.Models;

/// <summary>A task that all steps of a model.zip compute together, such as vectors and a trainer of ML.NET. Thread-safe.</summary>
/// <remarks>Its texts are truncated as they were when the model was trained.</remarks>
/// <param name="lane">What the scheduler knows of the task.</param>
/// <param name="pipeline">The steps.</param>
/// <param name="engine">What all tasks share.</param>
internal sealed class PipelineTask(Lane lane, ScoringPipeline pipeline, TaskEngine engine)
    : IServedTask<BertTextPair, IReadOnlyList<LabelScore>>
{
    public async Task<TaskAnswer<IReadOnlyList<LabelScore>>> RunAsync(
        IReadOnlyList<BertTextPair> inputs, string field, bool truncate, CancellationToken cancellationToken)
    {
        Item[] items = [.. inputs.Select(pair => new Item(pair, pipeline.CountTokens(pair)))];
        await engine.RunAsync(lane, items, cancellationToken).ConfigureAwait(false);
        return new([.. items.Select(item => item.Scores)], items.Sum(item => (long)item.Length));
    }

    /// <summary>Returns how batches of these items are computed.</summary>
    public static Action<IReadOnlyList<IQueueItem>> Compute(ScoringPipeline pipeline) => batch =>
    {
        Item[] items = [.. batch.Cast<Item>()];
        foreach ((Item item, IReadOnlyList<LabelScore> scores) in items.Zip(pipeline.Score(items.Select(item => item.Pair))))
            item.Scores = scores;
    };

    /// <summary>A pair of texts and, once it is computed, its scores.</summary>
    private sealed class Item(BertTextPair pair, int length) : IQueueItem
    {
        public BertTextPair Pair => pair;

        public int Length => length;

        public IReadOnlyList<LabelScore> Scores { get; set; } = [];
    }
}
