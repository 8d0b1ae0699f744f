namespace Bert.MLNet;

/// <summary>Controls how the head of a few-shot classifier is trained. Both kinds result in one dense layer over the vectors.</summary>
public enum BertFewShotHead
{
    /// <summary>A logistic regression on the vectors of the training rows. The encoder is not changed any more.</summary>
    Logistic,

    /// <summary>
    /// The logistic regression is the start of a training of encoder and head together, for
    /// <see cref="BertTrainingOptions.MaxEpochs"/> passes over the rows.
    /// </summary>
    Differentiable,
}
