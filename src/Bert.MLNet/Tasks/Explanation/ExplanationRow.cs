using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tasks;

/// <summary>The texts of a row and, once a column requests it, their explanation.</summary>
internal sealed class ExplanationRow<TItem> : TextRow<TItem>
    where TItem : class, IBatchItem
{
    /// <summary>The texts as the model reads them.</summary>
    public ExplainedTexts Texts { get; set; } = null!;

    public BertExplanation? Answer { get; set; }
}
