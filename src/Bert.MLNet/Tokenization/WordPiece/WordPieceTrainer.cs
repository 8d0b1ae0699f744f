using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Learns WordPieces from counted words by byte-pair encoding (Sennrich et al., 2016, arXiv:1508.07909). Like <c>WordPieceTrainer</c> of
/// HuggingFace's tokenizers, it adds the continuation prefix to inner symbols. It starts with single characters and repeatedly joins the
/// most frequent pair of neighbours. Of equally frequent pairs, the one with the older symbols is joined first. Nothing depends on the
/// order of the words, so the result is deterministic.
/// </summary>
internal sealed class WordPieceTrainer
{
    private const string Prefix = "##";

    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _ids = [];
    private readonly Dictionary<long, long> _pairCounts = [];
    private readonly Dictionary<long, List<int>> _pairWords = [];
    private readonly HashSet<long> _raised = [];
    private readonly PriorityQueue<long, (long Count, long Pair)> _queue = new(Comparer<(long Count, long Pair)>.Create(
        static (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair)));

    private int[][] _words = [];
    private long[] _counts = [];

    /// <summary>Returns the pieces in the order of their ids: special tokens, alphabet, continued alphabet, joined pieces.</summary>
    public static IReadOnlyList<string> Train(
        IReadOnlyDictionary<string, long> words, IEnumerable<string> specialTokens, int size, int minimumCount, int alphabetLimit,
        CancellationToken cancellationToken)
    {
        var trainer = new WordPieceTrainer();
        foreach (string token in specialTokens)
            trainer.IdOf(token);
        trainer.AddAlphabet(words, alphabetLimit);
        if (trainer._pieces.Count > size)
        {
            throw new ArgumentException(
                $"A vocabulary of {size} tokens is too small for the special tokens and the {trainer._pieces.Count} single characters of " +
                "this text. " +
                "Use a larger size or a smaller alphabet limit.", nameof(size));
        }
        trainer.SplitIntoCharacters(words);
        trainer.Join(size, minimumCount, cancellationToken);
        return trainer._pieces;
    }

    private int IdOf(string piece)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, piece, out bool exists);
        if (!exists)
        {
            id = _pieces.Count;
            _pieces.Add(piece);
        }
        return id;
    }

    // Adds the most frequent characters: each as the start of a word and, if it occurs inside words, as a continuation.
    private void AddAlphabet(IReadOnlyDictionary<string, long> words, int limit)
    {
        var counts = new Dictionary<Rune, long>();
        var continuing = new HashSet<Rune>();
        foreach ((string word, long count) in words)
        {
            bool first = true;
            foreach (Rune rune in word.EnumerateRunes())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, rune, out _) += count;
                if (!first)
                    continuing.Add(rune);
                first = false;
            }
        }
        List<Rune> alphabet = [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Take(limit).Select(c => c.Key).Order()];
        foreach (Rune rune in alphabet)
            IdOf(rune.ToString());
        foreach (Rune rune in alphabet.Where(continuing.Contains))
            IdOf(Prefix + rune);
    }

    // Characters outside the alphabet are omitted, as in HuggingFace's trainer.
    private void SplitIntoCharacters(IReadOnlyDictionary<string, long> words)
    {
        var symbols = new List<int>();
        var split = new List<int[]>(words.Count);
        var counts = new List<long>(words.Count);
        var first = new Dictionary<Rune, int>();
        var inner = new Dictionary<Rune, int>();
        foreach ((string word, long count) in words)
        {
            symbols.Clear();
            bool isFirst = true;
            foreach (Rune rune in word.EnumerateRunes())
            {
                Dictionary<Rune, int> known = isFirst ? first : inner;
                if (!known.TryGetValue(rune, out int id))
                    known[rune] = id = _ids.GetValueOrDefault(isFirst ? rune.ToString() : Prefix + rune, -1);
                if (id >= 0)
                    symbols.Add(id);
                isFirst = false;
            }
            if (symbols.Count < 2)
                continue;
            for (int i = 1; i < symbols.Count; i++)
                ChangePair(symbols[i - 1], symbols[i], count, split.Count);
            split.Add([.. symbols]);
            counts.Add(count);
        }
        _words = [.. split];
        _counts = [.. counts];
    }

    private void Join(int size, int minimumCount, CancellationToken cancellationToken)
    {
        EnqueueRaised();

        // Entries of the queue can be outdated. A pair whose count has dropped is queued again with that count; a pair whose count has
        // risen already has a newer entry.
        while (_pieces.Count < size && _queue.TryDequeue(out long pair, out (long Count, long Pair) entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_pairCounts.TryGetValue(pair, out long count) || count <= 0)
                continue;
            if (count != entry.Count)
            {
                if (count < entry.Count)
                    _queue.Enqueue(pair, (count, pair));
                continue;
            }
            if (count < minimumCount)
                break;

            int left = (int)(pair >> 32), right = (int)pair;
            string tail = _pieces[right];
            int joined = IdOf(_pieces[left] + (tail.StartsWith(Prefix, StringComparison.Ordinal) ? tail[Prefix.Length..] : tail));
            _pairCounts.Remove(pair);
            _pairWords.Remove(pair, out List<int>? words);
            foreach (int word in words!)
                JoinInWord(word, left, right, joined);
            EnqueueRaised();
        }
    }

    private void JoinInWord(int word, int left, int right, int joined)
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
                ChangePair(symbols[length - 1], left, -count, word);
                ChangePair(symbols[length - 1], joined, count, word);
            }
            if (i + 2 < symbols.Length)
            {
                ChangePair(right, symbols[i + 2], -count, word);
                ChangePair(joined, symbols[i + 2], count, word);
            }
            symbols[length++] = joined;
            i++;
        }
        if (length < symbols.Length)
            _words[word] = symbols[..length];
    }

    private void ChangePair(int left, int right, long change, int word)
    {
        long pair = (long)left << 32 | (uint)right;
        if (change < 0)
        {
            ref long known = ref CollectionsMarshal.GetValueRefOrNullRef(_pairCounts, pair);
            if (!Unsafe.IsNullRef(ref known))
                known += change;
            return;
        }
        CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, pair, out _) += change;
        ref List<int>? words = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairWords, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word)
            words.Add(word);
        _raised.Add(pair);
    }

    private void EnqueueRaised()
    {
        foreach (long pair in _raised)
            _queue.Enqueue(pair, (_pairCounts[pair], pair));
        _raised.Clear();
    }
}
