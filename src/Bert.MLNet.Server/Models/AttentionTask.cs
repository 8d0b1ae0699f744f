using Bert.MLNet.Server.Requests;
using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet.Server.Models;

/// <summary>Computes which token attends to which, the mean of all layers and heads. Thread-safe.</summary>
/// <param name="lane">What the scheduler knows of the task.</param>
/// <param name="model">The checkpoint.</param>
/// <param name="engine">What all tasks share.</param>
internal sealed class AttentionTask(Lane lane, BertModel model, TaskEngine engine) : IServedTask<string, BertAttention>
{
    /// <summary>The maximum number of tokens. The weights grow with its square.</summary>
    public const int MaxLength = 128;

    public async Task<TaskAnswer<BertAttention>> RunAsync(
        IReadOnlyList<string> inputs, string field, bool truncate, CancellationToken cancellationToken)
    {
        Item[] items = [.. inputs.Select(text => new Item(model, text, model.Tokenizer.Encode(text).Length))];
        if (Array.Find(items, item => item.Length > MaxLength) is { } tooLong)
            throw RequestException.TooLarge(
                $"'{field}' has a text of {tooLong.Length} tokens. Attention is computed for at most {MaxLength}.", field);
        await engine.RunAsync(lane, items, cancellationToken).ConfigureAwait(false);
        return new([.. items.Select(item => item.Attention!)], items.Sum(item => (long)item.Length));
    }

    /// <summary>Computes a batch, one text after the other.</summary>
    public static void Compute(IReadOnlyList<IQueueItem> batch)
    {
        foreach (IQueueItem item in batch)
            ((Item)item).Compute();
    }

    private sealed class Item(BertModel model, string text, int length) : IQueueItem
    {
        public int Length => length;

        public BertAttention? Attention { get; private set; }

        public void Compute() => Attention = BertAttention.Compute(model, text);
    }
}
