using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Consecutive sentences of a text, which an encoder reads at once, each with its own special tokens, as in BertSum. What is kept are the
/// logits of each sentence's first token.
/// </summary>
internal sealed class SentenceWindow : TokenSequence<float[]>
{
    /// <summary>The index of each sentence's first token.</summary>
    public List<int> Starts { get; } = [];

    /// <summary>Divides the sentences of a text into windows. A sentence that is too long for a window is cut off.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="sentences">The start and end of each sentence.</param>
    /// <param name="maxLength">The maximum number of tokens of a window.</param>
    public static SentenceWindow[] Of(
        BertTokenizer tokenizer, ReadOnlyMemory<char> text, IReadOnlyList<(int Start, int End)> sentences, int maxLength)
    {
        var windows = new List<SentenceWindow>();
        var ids = new List<int>();
        foreach ((int start, int end) in sentences)
        {
            ids.Clear();
            tokenizer.EncodeTo(text.Span[start..end], default, hasPair: false, maxLength, BertTruncation.OnlyFirst, ids, out _);
            if (windows.Count == 0 || windows[^1].Length + ids.Count > maxLength)
                windows.Add(new SentenceWindow());
            windows[^1].Starts.Add(windows[^1].Length);
            windows[^1].Ids.AddRange(ids);
            windows[^1].PairStart = windows[^1].Length;
        }
        return [.. windows];
    }

    /// <summary>The tokens of each sentence.</summary>
    public IEnumerable<IReadOnlyList<int>> Sentences() =>
        Starts.Select((start, i) => Ids[start..(i + 1 < Starts.Count ? Starts[i + 1] : Length)]);
}
