namespace Bert.MLNet;

/// <summary>Controls which pairs of training rows few-shot training uses, like SetFit's <c>sampling_strategy</c>.</summary>
public enum BertFewShotSampling
{
    /// <summary>
    /// As many pairs of the same label as of different labels. The kind that has fewer pairs is repeated.
    /// </summary>
    Oversampling,

    /// <summary>
    /// As many pairs of the same label as of different labels. Of the kind that has more, a random part is used.
    /// </summary>
    Undersampling,

    /// <summary>Every pair once, so that nearly all pairs have different labels if there are many labels.</summary>
    Unique,
}
