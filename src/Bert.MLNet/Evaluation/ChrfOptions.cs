namespace Bert.MLNet;

/// <summary>Options of chrF. The defaults are those of sacreBLEU, which calls them chrF2. Immutable and thread-safe.</summary>
public sealed record ChrfOptions
{
    /// <summary>The greatest length of n-grams of characters. Default: 6.</summary>
    public int CharacterOrder { get; init; } = 6;

    /// <summary>The greatest length of n-grams of words; 0 (default) for characters only, 2 for chrF++.</summary>
    public int WordOrder { get; init; }

    /// <summary>The weight of recall relative to precision. Default: 2.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Whether texts are compared in lower case. Default: no.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Whether n-grams of characters contain white space. Default: no.</summary>
    public bool KeepWhitespace { get; init; }

    /// <summary>
    /// Whether the mean includes lengths of n-grams that a text does not have, with a precision and recall of almost 0, as in chrF++.py
    /// and NLTK. Default: no.
    /// </summary>
    public bool EpsilonSmoothing { get; init; }

    internal void Check()
    {
        if (CharacterOrder < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(CharacterOrder), $"{nameof(CharacterOrder)} is {CharacterOrder}; it must be at least 1.");
        }
        if (WordOrder < 0)
            throw new ArgumentOutOfRangeException(nameof(WordOrder), $"{nameof(WordOrder)} is {WordOrder}; it must be at least 0.");
        if (!(Beta > 0 && double.IsFinite(Beta)))
            throw new ArgumentOutOfRangeException(nameof(Beta), $"{nameof(Beta)} is {Beta}; it must be a number greater than 0.");
    }
}
