namespace Bert.MLNet.Evaluation;

/// <summary>Counts n-grams of characters and words and computes chrF from them, as sacreBLEU's <c>corpus_score</c> does.</summary>
internal sealed class ChrfCounter(ChrfOptions options)
{
    private const double Epsilon = 1e-16;
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private readonly Counts[] _sums = new Counts[options.CharacterOrder + options.WordOrder];
    private readonly ReferenceCounts _references = new();

    /// <summary>Adds a translation. Of several references, the one with the best score counts.</summary>
    /// <param name="translation">The translation.</param>
    /// <param name="references">The correct translations, at least one.</param>
    public void Add(string translation, IReadOnlyList<string> references)
    {
        _references.Add(references.Count);
        Dictionary<string, int>[] grams = Grams(translation);
        Counts[] best = references.Select(reference => Compare(grams, Grams(reference))).MaxBy(Score)!;
        for (int i = 0; i < best.Length; i++)
            _sums[i] += best[i];
    }

    public ChrfScore Score() => new(
        Score(_sums),
        $"{_references.Signature(options.Lowercase)}|eff:{(options.EpsilonSmoothing ? "no" : "yes")}|nc:{options.CharacterOrder}|" +
        $"nw:{options.WordOrder}|space:{(options.KeepWhitespace ? "yes" : "no")}|{ReferenceCounts.Version}");

    private Dictionary<string, int>[] Grams(string text)
    {
        string line = options.Lowercase ? PythonText.Lower(text) : text;
        string characters = options.KeepWhitespace ? line : string.Concat(PythonText.Words(line));
        int[] offsets = PythonText.CodePoints(characters);
        List<string> words = options.WordOrder == 0 ? [] : [.. PythonText.Words(line).SelectMany(SplitPunctuation)];
        return
        [
            .. Enumerable.Range(1, options.CharacterOrder).Select(n => NgramCounts.OfCharacters(characters, offsets, n)),
            .. Enumerable.Range(1, options.WordOrder).Select(n => NgramCounts.OfTokens(words, n)),
        ];
    }

    // A word that ends or, otherwise, begins with a punctuation mark loses it.
    private static string[] SplitPunctuation(string word) =>
        word.Length == 1 ? [word]
        : Punctuation.Contains(word[^1], StringComparison.Ordinal) ? [word[..^1], word[^1..]]
        : Punctuation.Contains(word[0], StringComparison.Ordinal) ? [word[..1], word[1..]]
        : [word];

    // n-grams do not count if the reference has none of their length.
    private static Counts[] Compare(Dictionary<string, int>[] grams, Dictionary<string, int>[] reference) =>
    [
        .. grams.Zip(reference, (one, other) =>
            new Counts(other.Count == 0 ? 0 : one.Values.Sum(), other.Values.Sum(), NgramCounts.Common(one, other))),
    ];

    private double Score(Counts[] counts)
    {
        double weight = options.Beta * options.Beta;
        if (options.EpsilonSmoothing)
            return 100 * counts.Average(count => F(count.Precision, count.Recall, Epsilon));
        Counts[] known = [.. counts.Where(count => count.Translation > 0 && count.Reference > 0)];
        return known.Length == 0 ? 0 : 100 * F(known.Average(count => count.Precision), known.Average(count => count.Recall), 0);

        double F(double precision, double recall, double otherwise) =>
            weight * precision + recall > 0 ? (1 + weight) * precision * recall / (weight * precision + recall) : otherwise;
    }

    private readonly record struct Counts(long Translation, long Reference, long Common)
    {
        public double Precision => Translation > 0 ? (double)Common / Translation : Epsilon;

        public double Recall => Reference > 0 ? (double)Common / Reference : Epsilon;

        public static Counts operator +(Counts one, Counts other) =>
            new(one.Translation + other.Translation, one.Reference + other.Reference, one.Common + other.Common);
    }
}
