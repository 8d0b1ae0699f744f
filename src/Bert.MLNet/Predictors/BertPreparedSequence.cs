using Bert.MLNet.DataViews;

namespace Bert.MLNet;

/// <summary>The tokens that the encoder processes at once, as part of a <see cref="BertPreparedInput{TResult}"/>.</summary>
public sealed class BertPreparedSequence
{
    private volatile bool _isComputed;

    /// <param name="preparer">What can compute the sequence.</param>
    /// <param name="item">The sequence.</param>
    internal BertPreparedSequence(object preparer, IBatchItem item)
    {
        Preparer = preparer;
        Item = item;
    }

    /// <summary>The number of tokens, including special tokens.</summary>
    public int Length => Item.Length;

    internal object Preparer { get; }

    internal IBatchItem Item { get; }

    internal bool IsComputed
    {
        get => _isComputed;
        set => _isComputed = value;
    }
}
