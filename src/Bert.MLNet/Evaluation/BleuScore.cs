namespace Bert.MLNet;

/// <summary>BLEU of translations (Papineni et al., 2002), computed as by sacreBLEU. Immutable and thread-safe.</summary>
public sealed class BleuScore
{
    internal BleuScore(double score, IReadOnlyList<double> precisions, double brevityPenalty) =>
        (Score, Precisions, BrevityPenalty) = (score, precisions, brevityPenalty);

    /// <summary>
    /// BLEU, from 0 to 100: <see cref="BrevityPenalty"/> times the geometric mean of <see cref="Precisions"/>.
    /// </summary>
    public double Score { get; }

    /// <summary>
    /// The precisions of n-grams of one to four tokens, from 0 to 100: the share of a translation's n-grams that a reference contains,
    /// with smoothing.
    /// </summary>
    public IReadOnlyList<double> Precisions { get; }

    /// <summary>
    /// exp(1 − <see cref="ReferenceLength"/> / <see cref="Length"/>), at most 1: reduces the score of translations that are too short.
    /// </summary>
    public double BrevityPenalty { get; }

    /// <summary>The number of n-grams of one to four tokens that a reference contains, including an added constant.</summary>
    public required IReadOnlyList<double> Matches { get; init; }

    /// <summary>The number of n-grams of one to four tokens, including an added constant.</summary>
    public required IReadOnlyList<double> Totals { get; init; }

    /// <summary>The number of tokens of all translations.</summary>
    public required long Length { get; init; }

    /// <summary>The number of tokens of the references; of several for a translation, the one whose length is closest counts.</summary>
    public required long ReferenceLength { get; init; }

    /// <summary>
    /// sacreBLEU's signature of the computation, to be published beside the score, such as
    /// <c>nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0</c>. Its version is the one of sacreBLEU whose results are equal.
    /// </summary>
    public required string Signature { get; init; }
}
