using Bert.MLNet.Models;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A summary that consists of sentences of a text. Immutable.</summary>
public sealed record BertSummary
{
    private BertSummary(string text, ContentList<BertSummarySentence> sentences) => (Text, Sentences) = (text, sentences);

    /// <summary>The sentences of the summary, joined; empty for a text without sentences.</summary>
    public string Text { get; }

    /// <summary>The sentences of the summary, in the order of the text.</summary>
    public IReadOnlyList<BertSummarySentence> Sentences { get; }

    /// <summary>Returns the summary of a text.</summary>
    internal static BertSummary Of(ReadOnlyMemory<char> text, SentenceSummary summary, string? separator) => new(
        summary.Join(text, separator),
        new(summary.Picked.Select(index => BertSummarySentence.Of(text, index, summary.Scores[index], summary.Sentences[index]))));
}
