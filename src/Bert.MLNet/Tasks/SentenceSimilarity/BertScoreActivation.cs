namespace Bert.MLNet;

/// <summary>Defines the function that is applied to a cross-encoder's logit.</summary>
public enum BertScoreActivation
{
    /// <summary>No function: the logit is the score.</summary>
    Identity,

    /// <summary>1 / (1 + exp(−x)): a score from 0 to 1.</summary>
    Sigmoid,
}
