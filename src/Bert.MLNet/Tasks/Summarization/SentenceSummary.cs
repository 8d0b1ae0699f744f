using System.Text;

namespace Bert.MLNet.Tasks;

/// <summary>The sentences of a text, their scores, and which of them summarize it.</summary>
/// <param name="Sentences">The start and end of each sentence.</param>
/// <param name="Scores">The scores of the sentences.</param>
/// <param name="Picked">The indices of the sentences of the summary, in ascending order.</param>
internal sealed record SentenceSummary(IReadOnlyList<(int Start, int End)> Sentences, float[] Scores, int[] Picked)
{
    /// <summary>Joins the sentences of the summary.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What is written between sentences; null for a space, or nothing if the text has none there.</param>
    public string Join(ReadOnlyMemory<char> text, string? separator)
    {
        var summary = new StringBuilder();
        foreach (int index in Picked)
        {
            (int start, int end) = Sentences[index];
            if (summary.Length > 0)
                summary.Append(separator ?? (index > 0 && Sentences[index - 1].End == start ? "" : " "));
            summary.Append(text.Span[start..end]);
        }
        return summary.ToString();
    }
}
