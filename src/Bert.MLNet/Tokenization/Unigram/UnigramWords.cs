using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The distinct words that a Unigram model is learned from, in ordinal order, and how often they occur. A piece contains either letters or
/// other characters, as in SentencePiece, so words are divided where both meet. Immutable.
/// </summary>
internal sealed class UnigramWords
{
    // Longer words are cut, so that little memory is needed for each of them.
    private const int MaxLength = 4_096;

    private readonly string[] _words;
    private readonly long[] _counts;

    /// <param name="words">Words and how often they occur.</param>
    /// <param name="alphabet">The characters to keep; words are also divided at others, which are left out.</param>
    public UnigramWords(IReadOnlyDictionary<string, long> words, IReadOnlySet<Rune> alphabet)
    {
        var parts = new Dictionary<string, long>(words.Count);
        foreach ((string word, long count) in words)
        {
            for (int from = 0, end; from < word.Length; from = end)
            {
                end = EndOfPart(word, from, alphabet);
                if (end == from)
                    end += Rune.GetRuneAt(word, from).Utf16SequenceLength;
                else
                    CollectionsMarshal.GetValueRefOrAddDefault(parts, word[from..end], out _) += count;
            }
        }
        _words = [.. parts.Keys];
        Array.Sort(_words, StringComparer.Ordinal);
        _counts = [.. _words.Select(word => parts[word])];
    }

    public int Count => _words.Length;

    /// <summary>The number of words, repetitions included.</summary>
    public long Total => _counts.Sum();

    public string this[int word] => _words[word];

    public long CountOf(int word) => _counts[word];

    /// <summary>Divides the words into ranges of about the same number of characters.</summary>
    /// <returns>The start of each range, and the number of words.</returns>
    public int[] Divide(int ranges)
    {
        long characters = _words.Sum(word => (long)word.Length), seen = 0;
        var starts = new List<int>(ranges + 1);
        for (int word = 0; word < _words.Length; word++)
        {
            while (starts.Count * characters <= seen * ranges && starts.Count < ranges)
                starts.Add(word);
            seen += _words[word].Length;
        }
        return [.. starts, .. Enumerable.Repeat(_words.Length, ranges + 1 - starts.Count)];
    }

    // Letters are divided from other characters. The mark at the start of a word belongs to what follows it.
    private static int EndOfPart(string word, int from, IReadOnlySet<Rune> alphabet)
    {
        int end = from;
        bool? letters = null;
        while (end < word.Length && end - from < MaxLength - 1 && Rune.GetRuneAt(word, end) is var rune && alphabet.Contains(rune))
        {
            bool isMark = rune.Value == MetaspaceJson.Mark;
            if (!isMark && (letters ??= IsLetter(rune)) != IsLetter(rune))
                break;
            end += rune.Utf16SequenceLength;
        }
        return end;
    }

    private static bool IsLetter(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
