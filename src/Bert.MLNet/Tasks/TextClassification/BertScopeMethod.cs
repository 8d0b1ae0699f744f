namespace Bert.MLNet;

/// <summary>How a classifier recognizes texts that probably have none of its labels.</summary>
public enum BertScopeMethod
{
    /// <summary>By the probability of the most probable label, which is low.</summary>
    Probability = 0,

    /// <summary>
    /// By the distance of the text's logits from the nearest center of a label, which is large. A center is the mean of the logits of the
    /// label's training rows, as in OpenMax (Bendale and Boult, 2016, arXiv:1511.06233).
    /// </summary>
    Distance = 1,
}
