namespace Bert.MLNet;

/// <summary>What is done to a cross-encoder's logit.</summary>
public enum BertScoreActivation
{
    /// <summary>Nothing: the logit is the score.</summary>
    Identity,

    /// <summary>1 / (1 + exp(−x)): a score from 0 to 1.</summary>
    Sigmoid,
}
