using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>A source and its target, each tokenized by its own tokenizer. Batches are made by the length of both together.</summary>
/// <param name="Ids">The token ids of the source, special tokens included.</param>
/// <param name="Target">The token ids of the target without the start token, with the end token.</param>
/// <param name="Position">The position of the row in the data, for messages.</param>
internal sealed record SequencePairRow(int[] Ids, int[] Target, long Position)
    : TrainingRow(Ids, Ids.Length, Position, [.. Target.Select(id => (float)id)], Target.Length), IBatchItem
{
    /// <summary>The text of the target, for metrics of generated texts; empty if they are not computed.</summary>
    public string Reference { get; init; } = "";

    int IBatchItem.Length => Ids.Length + Target.Length;

    /// <summary>What the decoder reads: the target from the start token to the one before its last.</summary>
    public EncodedRow Shifted(int start) => new([start, .. Target[..^1]], Target.Length);
}
