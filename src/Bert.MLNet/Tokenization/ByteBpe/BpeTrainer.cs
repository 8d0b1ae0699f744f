using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Learns merges from counted words by byte-pair encoding (Sennrich et al., 2016, arXiv:1508.07909). It starts with single characters and
/// repeatedly merges the most frequent pair of neighbours. Of equally frequent pairs, the one with the older pieces is merged first.
/// Nothing depends on the order of the words, so the result is deterministic. Equal to <c>BpeTrainer</c> of HuggingFace's tokenizers, even
/// where a piece results from two different merges: only the words in which a pair was found at the same time are merged at the same time.
/// </summary>
/// <param name="prefix">The start of pieces that continue a word; empty if they look like others.</param>
/// <param name="maxLength">A merge of previously merged pieces is shorter than this number of characters.</param>
internal sealed class BpeTrainer(string prefix, int maxLength)
{
    private readonly List<string> _pieces = [];
    private readonly List<int> _lengths = []; // in characters
    private readonly Dictionary<string, int> _ids = [];
    private readonly List<(int Left, int Right)> _merges = [];
    private readonly Dictionary<long, long> _pairCounts = [];
    private readonly Dictionary<long, List<int>> _newWords = []; // the words in which pairs have just appeared
    private readonly PriorityQueue<(long Pair, List<int> Words), (long Count, long Pair)> _queue = new(
        Comparer<(long Count, long Pair)>.Create(
            static (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair)));

    private int[][] _words = [];
    private long[] _counts = [];

    /// <summary>The pieces in the order of their ids.</summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>
    /// The pairs of pieces in the order of their merges. A pair that was merged again, because its parts were created again, has only its
    /// last place.
    /// </summary>
    public IReadOnlyList<(string Left, string Right)> Merges =>
        [.. Enumerable.Reverse(_merges).Distinct().Reverse().Select(merge => (_pieces[merge.Left], _pieces[merge.Right]))];

    /// <summary>Adds a piece if it is new, and returns its id.</summary>
    public int Add(string piece, int length = 1)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, piece, out bool exists);
        if (!exists)
        {
            id = _pieces.Count;
            _pieces.Add(piece);
            _lengths.Add(length);
        }
        return id;
    }

    /// <summary>Merges pairs until there are enough pieces or no pair is frequent enough.</summary>
    /// <param name="words">Words and how often they occur. Characters that were not added before are omitted.</param>
    /// <param name="size">The number of pieces, including those that were added before.</param>
    /// <param name="minimumCount">How often a pair must occur to be merged.</param>
    /// <param name="cancellationToken">Stops training.</param>
    public void Train(IReadOnlyDictionary<string, long> words, int size, long minimumCount, CancellationToken cancellationToken)
    {
        Split(words);
        QueueNew();
        while (_pieces.Count < size && _queue.TryDequeue(out (long Pair, List<int> Words) top, out (long Count, long Pair) entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long count = _pairCounts[top.Pair];
            if (count != entry.Count)
            {
                if (count > 0)
                    _queue.Enqueue(top, (count, top.Pair));
                continue;
            }
            if (count < minimumCount)
                break;
            int left = (int)(top.Pair >> 32), right = (int)top.Pair;
            string tail = _pieces[right];
            int merged = Add(
                _pieces[left] + (tail.StartsWith(prefix, StringComparison.Ordinal) ? tail[prefix.Length..] : tail),
                _lengths[left] + _lengths[right]);
            _merges.Add((left, right));
            foreach (int word in top.Words)
                Merge(word, left, right, merged);
            QueueNew();
        }
    }

    private void Split(IReadOnlyDictionary<string, long> words)
    {
        var symbols = new List<int>();
        var split = new List<int[]>(words.Count);
        var counts = new List<long>(words.Count);
        Dictionary<Rune, int> first = [], inner = prefix.Length == 0 ? first : [];
        foreach ((string word, long count) in words)
        {
            symbols.Clear();
            Dictionary<Rune, int> known = first;
            foreach (Rune rune in word.EnumerateRunes())
            {
                ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(known, rune, out bool exists);
                if (!exists)
                    id = _ids.GetValueOrDefault(known == first ? rune.ToString() : prefix + rune, -1);
                if (id >= 0)
                    symbols.Add(id);
                known = inner;
            }
            if (symbols.Count < 2)
                continue;
            for (int i = 1; i < symbols.Count; i++)
                Raise(symbols[i - 1], symbols[i], count, split.Count);
            split.Add([.. symbols]);
            counts.Add(count);
        }
        _words = [.. split];
        _counts = [.. counts];
    }

    private void Merge(int word, int left, int right, int merged)
    {
        int[] symbols = _words[word];
        long count = _counts[word];
        int length = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (i + 1 == symbols.Length || symbols[i] != left || symbols[i + 1] != right)
            {
                symbols[length++] = symbols[i];
                continue;
            }
            if (length > 0)
            {
                Lower(symbols[length - 1], left, count);
                if (_lengths[symbols[length - 1]] + _lengths[merged] < maxLength)
                    Raise(symbols[length - 1], merged, count, word);
            }
            if (i + 2 < symbols.Length)
            {
                Lower(right, symbols[i + 2], count);
                if (_lengths[symbols[i + 2]] + _lengths[merged] < maxLength)
                    Raise(merged, symbols[i + 2], count, word);
            }
            symbols[length++] = merged;
            i++;
        }
        if (length < symbols.Length)
            _words[word] = symbols[..length];
    }

    private static long Pair(int left, int right) => (long)left << 32 | (uint)right;

    private void Raise(int left, int right, long count, int word)
    {
        long pair = Pair(left, right);
        CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, pair, out _) += count;
        ref List<int>? words = ref CollectionsMarshal.GetValueRefOrAddDefault(_newWords, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word)
            words.Add(word);
    }

    private void Lower(int left, int right, long count)
    {
        ref long known = ref CollectionsMarshal.GetValueRefOrNullRef(_pairCounts, Pair(left, right));
        if (!Unsafe.IsNullRef(ref known)) // otherwise the pair is too long to be counted
            known -= count;
    }

    private void QueueNew()
    {
        foreach ((long pair, List<int> words) in _newWords)
        {
            if (_pairCounts[pair] is > 0 and long count)
                _queue.Enqueue((pair, words), (count, pair));
        }
        _newWords.Clear();
    }
}
