using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tasks;

/// <summary>A text with its sentences.</summary>
/// <typeparam name="TItem">What is computed at once.</typeparam>
internal sealed class SummaryRow<TItem> : TextRow<TItem>
    where TItem : class, IBatchItem
{
    /// <summary>The start and end of each sentence that is read.</summary>
    public IReadOnlyList<(int Start, int End)> Sentences { get; set; } = [];

    /// <summary>The summary; null until a column requests it.</summary>
    public SentenceSummary? Summary { get; set; }
}
