using System.Collections.Concurrent;

namespace Bert.MLNet.Tasks;

/// <summary>The tokens of the hypotheses of candidate labels. Each hypothesis is tokenized once. Thread-safe.</summary>
/// <param name="tokenizer">The checkpoint's tokenizer.</param>
/// <param name="template">The hypothesis with <see cref="Slot"/> in place of the label.</param>
/// <param name="maxLength">The maximum length of a text and a hypothesis together, in tokens, special tokens included.</param>
internal sealed class Hypotheses(BertTokenizer tokenizer, string template, int maxLength)
{
    /// <summary>The part of a template that the label replaces.</summary>
    public const string Slot = "{}";

    /// <summary>Labels beyond this number are tokenized each time, so that labels from a column do not fill the memory.</summary>
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<string, int[]> _tokens = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Returns the tokens of a label's hypothesis, without special tokens.</summary>
    /// <exception cref="ArgumentException">They leave no room for a text.</exception>
    public int[] TokensOf(string label)
    {
        if (_tokens.TryGetValue(label, out int[]? tokens))
            return tokens;
        tokens = Tokenize(label);
        if (Volatile.Read(ref _count) < Capacity && _tokens.TryAdd(label, tokens))
            Interlocked.Increment(ref _count);
        return tokens;
    }

    private int[] Tokenize(string label)
    {
        var ids = new List<int>();
        tokenizer.EncodeTo(template.Replace(Slot, label, StringComparison.Ordinal), ids);
        int most = maxLength - tokenizer.Row.SpecialTokens(hasPair: true) - 1;
        return ids.Count <= most ? [.. ids] : throw new ArgumentException(
            $"The hypothesis of the label '{(label.Length > 40 ? label[..40] + "…" : label)}' has {ids.Count} tokens. A row of " +
            $"{maxLength} has room for {most} and one token of the text. Shorten the label or the template, or increase MaxLength.");
    }
}
