using Bert.MLNet.DataViews;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>The sequences of a row, and the shares of their tokens in a score.</summary>
/// <param name="Sequences">The sequences as the model reads them.</param>
/// <param name="Baselines">The sequences without their words.</param>
internal sealed record GradientItem(EncodedRow[] Sequences, EncodedRow[] Baselines) : IBatchItem
{
    public int Length => Sequences.Sum(sequence => sequence.Length);

    /// <summary>The index of the explained score.</summary>
    public int Explained { get; set; }

    /// <summary>The explained score.</summary>
    public float Score { get; set; }

    /// <summary>The share of each token of each sequence, once it is computed.</summary>
    public double[][] Shares { get; set; } = [];
}
