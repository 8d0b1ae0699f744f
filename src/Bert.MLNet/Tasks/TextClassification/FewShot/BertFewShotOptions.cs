namespace Bert.MLNet;

/// <summary>
/// The options of few-shot training, which needs only a few rows of each label (SetFit; Tunstall et al., 2022, arXiv:2209.11055).
/// Immutable.
/// </summary>
/// <remarks>
/// The encoder first learns from pairs of rows: the cosine of their vectors is to be 1 if they have the same label, and 0 otherwise. Each
/// pair is used once. Then a head learns the labels of the vectors, which have length 1.
/// </remarks>
public sealed record BertFewShotOptions
{
    /// <summary>The choice of pairs. Default: <see cref="BertFewShotSampling.Oversampling"/>.</summary>
    public BertFewShotSampling Sampling { get; init; }

    /// <summary>
    /// The number of pairs, which determines how long the encoder is trained. If the rows have more, they are drawn at random. If they have
    /// fewer, pairs are repeated, but only with <see cref="BertFewShotSampling.Oversampling"/>. Default null: those of
    /// <see cref="Sampling"/>, but from 1,280 to 6,400, which are 40 to 200 updates of 32 pairs.
    /// </summary>
    public int? Pairs { get; init; }

    /// <summary>The head. Default: <see cref="BertFewShotHead.Logistic"/>.</summary>
    public BertFewShotHead Head { get; init; }

    /// <summary>
    /// The L2 regularization λ of the logistic regression, which minimizes the sum of the rows' cross-entropies plus λ/2 · ‖W‖².
    /// Default 0.3.
    /// </summary>
    public double L2Regularization { get; init; } = 0.3;

    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    internal void Check()
    {
        Require(Enum.IsDefined(Sampling), nameof(Sampling), Sampling, "a kind of sampling");
        Require(Pairs is null or >= 2, nameof(Pairs), Pairs, "at least 2, or null");
        Require(Enum.IsDefined(Head), nameof(Head), Head, "a kind of head");
        Require(L2Regularization is > 0 and < float.PositiveInfinity, nameof(L2Regularization), L2Regularization, "above 0");
    }

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be {expected}.");
    }
}
