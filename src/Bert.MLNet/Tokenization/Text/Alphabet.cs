using System.Runtime.InteropServices;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Finds the characters of counted words.</summary>
internal static class Alphabet
{
    /// <summary>
    /// Returns the most frequent characters and how often they occur, the most frequent first, and of several the lowest code point.
    /// </summary>
    public static IReadOnlyList<(Rune Character, long Count)> MostFrequent(IReadOnlyDictionary<string, long> words, int limit)
    {
        var counts = new Dictionary<Rune, long>();
        foreach ((string word, long count) in words)
        {
            foreach (Rune rune in word.EnumerateRunes())
                CollectionsMarshal.GetValueRefOrAddDefault(counts, rune, out _) += count;
        }
        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Take(limit).Select(c => (c.Key, c.Value))];
    }
}
