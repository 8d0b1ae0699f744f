using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tasks;

/// <summary>A text with a sequence for each of its candidate labels.</summary>
internal sealed class ZeroShotRow : TextRow<TokenSequence<float[]>>
{
    /// <summary>The text's tokens, without special tokens.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>The candidate labels: the row's own, or those of all rows.</summary>
    public IReadOnlyList<string> Candidates { get; set; } = [];

    /// <summary>The scores of the labels; null until a column requests them.</summary>
    public float[]? Scores { get; set; }
}
