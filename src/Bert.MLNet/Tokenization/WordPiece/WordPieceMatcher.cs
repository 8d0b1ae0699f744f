namespace Bert.MLNet.Tokenization;

/// <summary>
/// Splits a word into WordPieces: from left to right, always the longest matching piece of the vocabulary. It uses one open-addressed hash
/// table over UTF-16 text. All prefixes of a word are hashed in one pass, so a piece costs one probe per tried length and no allocation.
/// Immutable and thread-safe.
/// </summary>
internal sealed class WordPieceMatcher : TokenModel
{
    private const uint WordSeed = 0x9E37_79B9, ContinuationSeed = 0x85EB_CA6B, Factor = 0x0100_0193;

    /// <param name="Hash">The hash of the text, with the seed of its kind.</param>
    /// <param name="Piece">The index of the piece, counted from 1; negative for a continuation, 0 in an empty slot.</param>
    private readonly record struct Slot(uint Hash, int Piece);

    /// <param name="Start">The start of its text in the characters of all pieces, which is also the end of the previous text.</param>
    /// <param name="Id">The id of the piece.</param>
    private readonly record struct Piece(int Start, int Id);

    private readonly Slot[] _slots;
    private readonly char[] _characters;
    private readonly Piece[] _pieces; // followed by the end of the last piece's text
    private readonly string _prefix;
    private readonly int _longest;
    private readonly int _unknown;
    private readonly int _maximumWordLength;

    /// <param name="pieces">The pieces and their ids. If a piece occurs several times, the last one is used.</param>
    /// <param name="prefix">The prefix of pieces that continue a word, usually <c>##</c>.</param>
    /// <param name="unknown">The id of a word that cannot be split into pieces.</param>
    /// <param name="maximumWordLength">The maximum length of a word in code points; longer words are unknown.</param>
    public WordPieceMatcher(IReadOnlyCollection<KeyValuePair<string, int>> pieces, string prefix, int unknown, int maximumWordLength)
    {
        (_unknown, _maximumWordLength) = (unknown, maximumWordLength);
        _prefix = prefix;
        _characters = new char[pieces.Sum(piece => piece.Key.Length)];
        _pieces = new Piece[pieces.Count + 1];
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, pieces.Count * 4))];

        int number = 0, start = 0;
        foreach ((string piece, int id) in pieces)
        {
            piece.CopyTo(_characters.AsSpan(start));
            _pieces[number++] = new Piece(start, id);
            _pieces[number] = new Piece(start += piece.Length, -1);
            Insert(number);
            if (piece.StartsWith(prefix, StringComparison.Ordinal))
                Insert(-number);
            _longest = Math.Max(_longest, piece.Length);
        }
    }

    /// <summary>
    /// Adds the pieces of the word at <paramref name="start"/> of <paramref name="text"/>, or one unknown token if it has none.
    /// </summary>
    public override void Match(in NormalizedText text, int start, int length, ref TokenBuffer output)
    {
        int before = output.Ids.Count;
        int from = start, end = start + length;
        if (!IsTooLong(text.Span.Slice(start, length)))
        {
            int hashed = Math.Min(length, _longest);
            Span<uint> hashes = hashed <= 128 ? stackalloc uint[hashed] : new uint[hashed];
            while (from < end && Longest(text.Span[from..end], from > start, hashes, out int matched) is var id and >= 0)
            {
                output.Add(id, text.StartOf(from), text.EndOf(from + matched - 1));
                from += matched;
            }
        }
        if (from < end)
        {
            output.Truncate(before);
            output.Add(_unknown, text.StartOf(start), text.EndOf(end - 1));
        }
        output.EndWord();
    }

    public override string Kind => "WordPiece";

    // The pieces at the start of an unknown word, too: without them, shorter ones could match the whole word.
    public override void Trace(string word, Action<int> use)
    {
        if (IsTooLong(word))
            return;
        uint[] hashes = new uint[Math.Min(word.Length, _longest)];
        for (int from = 0, matched; from < word.Length; from += matched)
        {
            int id = Longest(word.AsSpan(from), from > 0, hashes, out matched);
            if (id < 0)
                return;
            use(id);
        }
    }

    public override bool IsElementary(string piece, int id) => id == _unknown
        || IsCharacter(piece)
        || piece.StartsWith(_prefix, StringComparison.Ordinal) && IsCharacter(piece.AsSpan(_prefix.Length));

    public override bool ContinuesWord(string token) => token.StartsWith(_prefix, StringComparison.Ordinal);

    public override bool MarksContinuations => _prefix.Length > 0;

    // Counts code points only if there could be too many: a code point consists of at most two UTF-16 units.
    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= _maximumWordLength)
            return false;
        int codePoints = word.Length;
        foreach (char c in word)
        {
            if (char.IsLowSurrogate(c))
                codePoints--;
        }
        return codePoints > _maximumWordLength;
    }

    private int Longest(ReadOnlySpan<char> text, bool continues, Span<uint> hashes, out int length)
    {
        length = Math.Min(text.Length, _longest);
        uint hash = continues ? ContinuationSeed : WordSeed;
        for (int i = 0; i < length; i++)
            hashes[i] = hash = (hash ^ text[i]) * Factor;
        for (; length > 0; length--)
        {
            int id = Find(text[..length], continues, hashes[length - 1]);
            if (id >= 0)
                return id;
        }
        return -1;
    }

    private int Find(ReadOnlySpan<char> text, bool continues, uint hash)
    {
        Slot[] slots = _slots;
        for (uint at = Spread(hash); ; at++)
        {
            ref readonly Slot slot = ref slots[at & (uint)(slots.Length - 1)];
            if (slot.Piece == 0)
                return -1;
            if (slot.Hash == hash && slot.Piece < 0 == continues && TextOf(slot.Piece).SequenceEqual(text))
                return _pieces[Math.Abs(slot.Piece) - 1].Id;
        }
    }

    private void Insert(int piece)
    {
        ReadOnlySpan<char> text = TextOf(piece);
        if (text.IsEmpty)
            return;
        uint hash = piece < 0 ? ContinuationSeed : WordSeed;
        foreach (char c in text)
            hash = (hash ^ c) * Factor;

        uint at = Spread(hash);
        while (_slots[at & (uint)(_slots.Length - 1)] is { Piece: not 0 } slot)
        {
            bool equal = slot.Hash == hash && slot.Piece < 0 == piece < 0 && TextOf(slot.Piece).SequenceEqual(text);
            if (equal)
                break;
            at++;
        }
        _slots[at & (uint)(_slots.Length - 1)] = new Slot(hash, piece);
    }

    /// <summary>Returns the text of a piece, without the prefix of a continuation.</summary>
    private ReadOnlySpan<char> TextOf(int piece) => piece > 0
        ? _characters.AsSpan(_pieces[piece - 1].Start.._pieces[piece].Start)
        : _characters.AsSpan((_pieces[-piece - 1].Start + _prefix.Length).._pieces[-piece].Start);

    // FNV mixes its low bits poorly for short texts.
    private static uint Spread(uint hash) => (hash ^ hash >> 15) * 0x2C1B_3C6D >> 7;
}
