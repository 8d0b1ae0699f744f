namespace Bert.MLNet.Tokenization;

/// <summary>
/// Splits words into tokens by byte-pair encoding. A word starts as single characters, and neighbours are merged in the order of the merge
/// rules. Most words are a single token; whether merging produces that token is determined once per token. Follows <c>BPE</c> of
/// HuggingFace's tokenizers.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const byte Whole = 1, Divided = 2;

    private readonly PieceTable _pieces;
    private readonly MergeTable _merges;
    private readonly int _unknown;
    private readonly bool _fuseUnknown, _ignoreMerges;
    private readonly int[] _characters; // ids of the first 0x180 characters
    private readonly byte[] _wholes;    // whether each piece is a whole word; determined on first use
    private readonly WordCache _cache = new();

    /// <param name="pieces">The pieces and their ids.</param>
    /// <param name="merges">Pairs of ids and the ids that replace them, ordered by rank.</param>
    /// <param name="unknown">The id of a character that is not a piece; -1 to omit such characters.</param>
    /// <param name="fuseUnknown">Whether adjacent unknown characters become one token.</param>
    /// <param name="ignoreMerges">Whether a word that is a piece is always one token, regardless of the merges.</param>
    public BpeModel(IReadOnlyCollection<KeyValuePair<string, int>> pieces, IReadOnlyList<(int, int, int)> merges, int unknown,
        bool fuseUnknown, bool ignoreMerges)
    {
        _pieces = new PieceTable(pieces);
        _merges = new MergeTable(merges);
        (_unknown, _fuseUnknown, _ignoreMerges) = (unknown, fuseUnknown, ignoreMerges);
        _wholes = new byte[_pieces.Count];
        _characters = [.. Enumerable.Range(0, 0x180).Select(c => _pieces.IdOf([(char)c]))];
    }

    public override string Kind => "byte-level BPE";

    public override bool ContinuesWord(string token) => !token.StartsWith(ByteAlphabet.Blank);

    public override void Match(in NormalizedText text, int start, int length, ref TokenBuffer output)
    {
        bool isShort = WordKey.TryCreate(text.Characters, start, length, out WordKey key);
        if (isShort && _cache.Find(key) is { } known)
            known.AddTo(text, start, ref output);
        else
            Match(text, start, length, isShort ? _cache : null, key, ref output);
        output.EndWord();
    }

    private void Match(in NormalizedText text, int start, int length, WordCache? cache, in WordKey key, ref TokenBuffer output)
    {
        ReadOnlySpan<char> word = text.Span.Slice(start, length);
        int piece = _pieces.Find(word);
        if (piece < 0 || !IsWhole(piece))
        {
            Merge(text, start, word, cache, key, ref output);
            return;
        }
        output.Add(_pieces.Id(piece), text.StartOf(start), text.EndOf(start + length - 1));
        cache?.Add(key, [(_pieces.Id(piece), length)]);
    }

    private bool IsWhole(int piece)
    {
        if (_ignoreMerges)
            return true;
        if (_wholes[piece] == 0)
        {
            ReadOnlySpan<char> word = _pieces.Text(piece);
            var symbols = new BpeWord(word.Length);
            Fill(word, ref symbols);
            symbols.Merge(_merges);
            _wholes[piece] = symbols.IsOnly(_pieces.Id(piece)) ? Whole : Divided;
            symbols.Dispose();
        }
        return _wholes[piece] == Whole;
    }

    private void Merge(
        in NormalizedText text, int start, ReadOnlySpan<char> word, WordCache? cache, in WordKey key, ref TokenBuffer output)
    {
        var symbols = new BpeWord(word.Length);
        bool complete = Fill(word, ref symbols);
        symbols.Merge(_merges);
        int at = 0;
        for (int i = 0; i < symbols.End; i++)
        {
            BpeSymbol symbol = symbols[i];
            if (symbol.Bytes == 0)
                continue;
            int next = at + (complete ? symbol.Characters : symbol.Bytes);
            int first = complete ? at : CharacterAt(word, at), last = complete ? next - 1 : CharacterAt(word, next - 1);
            output.Add(symbol.Id, text.StartOf(start + first), text.EndOf(start + last));
            at = next;
        }
        if (complete)
            symbols.AddTo(cache, key);
        symbols.Dispose();
    }

    // Returns false if characters were omitted. The offsets of the tokens then count the remaining bytes, as in the Rust code.
    private bool Fill(ReadOnlySpan<char> word, ref BpeWord symbols)
    {
        bool complete = true, unknownBefore = false;
        for (int i = 0, units; i < word.Length; i += units)
        {
            char c = word[i];
            units = char.IsHighSurrogate(c) && i + 1 < word.Length ? 2 : 1;
            int id = c < _characters.Length ? _characters[c] : _pieces.IdOf(word.Slice(i, units));
            int bytes = units == 2 ? 4 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            bool isUnknown = id < 0;
            if (isUnknown && _unknown < 0)
                complete = false;
            else if (isUnknown && unknownBefore && _fuseUnknown)
                symbols.ExtendLast(units, bytes);
            else
                symbols.Add(new BpeSymbol(isUnknown ? _unknown : id, units, bytes));
            unknownBefore = isUnknown;
        }
        return complete;
    }

    private static int CharacterAt(ReadOnlySpan<char> word, int position)
    {
        for (int i = 0, units, bytes = 0; i < word.Length; i += units)
        {
            units = char.IsHighSurrogate(word[i]) && i + 1 < word.Length ? 2 : 1;
            bytes += units == 2 ? 4 : word[i] < 0x80 ? 1 : word[i] < 0x800 ? 2 : 3;
            if (position < bytes)
                return i;
        }
        return word.Length - 1;
    }
}
