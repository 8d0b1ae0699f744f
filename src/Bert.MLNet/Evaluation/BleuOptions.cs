namespace Bert.MLNet;

/// <summary>Options of BLEU. The defaults are those of sacreBLEU. Immutable and thread-safe.</summary>
public sealed record BleuOptions
{
    /// <summary>Whether texts are compared in lower case. Default: no.</summary>
    public bool Lowercase { get; init; }

    /// <summary>How texts are split into tokens.</summary>
    public BleuTokenization Tokenization { get; init; }

    /// <summary>What replaces the precision of n-grams without a match.</summary>
    public BleuSmoothing Smoothing { get; init; }

    /// <summary>
    /// The constant of <see cref="BleuSmoothing.Floor"/> and <see cref="BleuSmoothing.AddK"/>. Default (null): 0.1 and 1. It must not be
    /// negative.
    /// </summary>
    public double? SmoothingValue { get; init; }

    /// <summary>
    /// Whether lengths of n-grams that no translation has are left out of the mean. Useful for single sentences. Default: no.
    /// </summary>
    public bool EffectiveOrder { get; init; }

    /// <summary>The constant to smooth with.</summary>
    internal double Constant => SmoothingValue ?? (Smoothing == BleuSmoothing.Floor ? 0.1 : 1);

    internal void Check()
    {
        if (SmoothingValue is { } value && !(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(SmoothingValue), $"{nameof(SmoothingValue)} is {value}; it must be a number of at least 0.");
        }
    }
}
