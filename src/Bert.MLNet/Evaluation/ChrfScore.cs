namespace Bert.MLNet;

/// <summary>chrF of translations (Popović, 2015, 2017), computed as by sacreBLEU. Immutable and thread-safe.</summary>
public sealed class ChrfScore
{
    internal ChrfScore(double score, string signature) => (Score, Signature) = (score, signature);

    /// <summary>
    /// chrF, from 0 to 100: the F score of n-grams of characters, with recall weighted by <see cref="ChrfOptions.Beta"/>.
    /// </summary>
    public double Score { get; }

    /// <summary>
    /// sacreBLEU's signature of the computation, such as <c>nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0</c>.
    /// </summary>
    public string Signature { get; }
}
