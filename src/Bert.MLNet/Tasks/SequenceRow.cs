using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tasks;

/// <summary>A text or pair on its way to the logits of its labels: a row that is one sequence.</summary>
internal sealed class SequenceRow : TextRow, IBatchItem
{
    public readonly SequenceRow[] Items;

    public SequenceRow() => Items = [this];

    public List<int> Ids { get; } = [];

    /// <summary>Where in the ids the second text begins.</summary>
    public int PairStart { get; set; }

    public int Length => Ids.Count;

    /// <summary>Empty until the row is computed for the first time.</summary>
    public float[] Logits { get; set; } = [];
}
