using System.Text.RegularExpressions;

namespace Bert.MLNet.RealCheckpoints;

/// <summary>
/// BM25 (Robertson and Zaragoza, 2009) with k1 0.9 and b 0.4 over lower-cased words without the most frequent ones and without a plural s:
/// what search engines do without a model.
/// </summary>
internal sealed partial class Bm25
{
    private const double K1 = 0.9, B = 0.4;

    private static readonly HashSet<string> s_stopWords =
    [
        .. ("a an and are as at be but by can do for from has have how i if in into is it its no not of on or such that the their then " +
            "there these they this to was were what when where which who will with").Split(' '),
    ];

    private readonly Dictionary<string, List<(int Document, int Count)>> _postings = [];
    private readonly int[] _lengths;
    private readonly double _meanLength;

    public Bm25(IReadOnlyList<string> documents)
    {
        string[][] words = [.. documents.Select(Words)];
        _lengths = [.. words.Select(text => text.Length)];
        _meanLength = _lengths.Average();
        for (int document = 0; document < words.Length; document++)
        {
            foreach ((string word, int count) in words[document].CountBy(word => word))
            {
                if (!_postings.TryGetValue(word, out List<(int, int)>? postings))
                    _postings.Add(word, postings = []);
                postings.Add((document, count));
            }
        }
    }

    /// <summary>Returns the score of each document.</summary>
    public double[] Scores(string query)
    {
        double[] scores = new double[_lengths.Length];
        foreach (string word in Words(query))
        {
            if (!_postings.TryGetValue(word, out List<(int Document, int Count)>? postings))
                continue;
            double rarity = Math.Log(1 + (_lengths.Length - postings.Count + 0.5) / (postings.Count + 0.5));
            foreach ((int document, int count) in postings)
                scores[document] += rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * _lengths[document] / _meanLength));
        }
        return scores;
    }

    private static string[] Words(string text) =>
    [
        .. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value).Where(word => !s_stopWords.Contains(word))
            .Select(word => word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1] : word),
    ];

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();
}
