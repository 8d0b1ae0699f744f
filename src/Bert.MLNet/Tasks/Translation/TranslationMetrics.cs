namespace Bert.MLNet;

/// <summary>
/// BLEU and chrF of translations, equal to those of <see href="https://github.com/mjpost/sacrebleu">sacreBLEU</see>. Immutable and
/// thread-safe.
/// </summary>
public sealed class TranslationMetrics
{
    internal TranslationMetrics(long count, BleuScore bleu, ChrfScore chrf) => (Count, Bleu, Chrf) = (count, bleu, chrf);

    /// <summary>The number of translations.</summary>
    public long Count { get; }

    /// <summary>BLEU over all translations, with its parts and signature.</summary>
    public BleuScore Bleu { get; }

    /// <summary>chrF over all translations, with its signature.</summary>
    public ChrfScore Chrf { get; }
}
