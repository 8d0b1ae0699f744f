namespace Bert.MLNet.Tokenization;

/// <summary>
/// Finds the substrings of words with which a Unigram model starts: those of at least two characters that occur repeatedly and are followed
/// by different characters or by the end of a word. They are the inner nodes of the words' suffix tree, read off a suffix array. Of a
/// substring that is always followed by the same character, only the longer one is a candidate.
/// </summary>
internal sealed class SeedPieces
{
    /// <param name="Word">The number of a word.</param>
    /// <param name="Start">The start of the suffix in the word.</param>
    private readonly record struct Suffix(int Word, int Start);

    private readonly record struct Candidate(long Weight, Suffix Place, int Length);

    private readonly UnigramWords _words;
    private readonly int _maxLength;
    private readonly Suffix[] _suffixes;
    private readonly List<Candidate> _candidates = [];

    private SeedPieces(UnigramWords words, int maxLength)
    {
        (_words, _maxLength) = (words, maxLength);
        var suffixes = new List<Suffix>();
        for (int word = 0; word < words.Count; word++)
        {
            for (int start = 0; start < words[word].Length; start++)
            {
                if (!char.IsLowSurrogate(words[word][start]))
                    suffixes.Add(new Suffix(word, start));
            }
        }
        _suffixes = [.. suffixes];
        Array.Sort(_suffixes, (one, other) => Text(one).SequenceCompareTo(Text(other)));
    }

    /// <summary>Returns the substrings with the highest products of frequency and length, and these products.</summary>
    /// <param name="words">The words.</param>
    /// <param name="maxLength">The maximum length of a substring in characters.</param>
    /// <param name="limit">The maximum number of substrings.</param>
    public static IEnumerable<(string Piece, long Weight)> Find(UnigramWords words, int maxLength, int limit)
    {
        var seeds = new SeedPieces(words, maxLength);
        seeds.ReadTree();
        seeds._candidates.Sort((one, other) => one.Weight != other.Weight
            ? other.Weight.CompareTo(one.Weight)
            : seeds.Text(one).SequenceCompareTo(seeds.Text(other)));
        return seeds._candidates.Take(limit).Select(candidate => (seeds.Text(candidate).ToString(), candidate.Weight));
    }

    // Only the start of a suffix matters: a candidate and the character that follows it.
    private ReadOnlySpan<char> Text(Suffix suffix)
    {
        ReadOnlySpan<char> text = _words[suffix.Word].AsSpan(suffix.Start);
        return text[..Math.Min(text.Length, 2 * (_maxLength + 1))];
    }

    private ReadOnlySpan<char> Text(Candidate candidate) => Text(candidate.Place)[..candidate.Length];

    // Neighbours in the suffix array that have a start in common are a node of the tree. Open nodes are those that the current suffix
    // belongs to, the longest on top.
    private void ReadTree()
    {
        var open = new Stack<(int Length, int First)>();
        long[] counts = new long[_suffixes.Length + 1]; // of all suffixes before
        for (int i = 0, before = 0; i < _suffixes.Length; i++)
        {
            counts[i + 1] = counts[i] + _words.CountOf(_suffixes[i].Word);
            int common = i + 1 < _suffixes.Length ? Common(Text(_suffixes[i]), Text(_suffixes[i + 1])) : 0;
            int whole = Text(_suffixes[i]).Length;
            if (whole > Math.Max(before, common))
                Add(i, whole, counts[i + 1] - counts[i]);
            int first = i;
            while (open.TryPeek(out (int Length, int First) node) && node.Length > common)
            {
                open.Pop();
                first = node.First;
                Add(first, node.Length, counts[i + 1] - counts[first]);
            }
            if (common > 0 && !(open.TryPeek(out (int Length, int First) top) && top.Length == common))
                open.Push((common, first));
            before = common;
        }
    }

    private static int Common(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        int length = one.CommonPrefixLength(other);
        return length > 0 && char.IsHighSurrogate(one[length - 1]) ? length - 1 : length;
    }

    private void Add(int suffix, int length, long count)
    {
        int characters = length;
        foreach (char c in Text(_suffixes[suffix])[..length])
            characters -= char.IsLowSurrogate(c) ? 1 : 0;
        if (count >= 2 && characters >= 2 && characters <= _maxLength)
            _candidates.Add(new Candidate(count * characters, _suffixes[suffix], length));
    }
}
