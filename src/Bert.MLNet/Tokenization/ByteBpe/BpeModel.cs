using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Splits words into tokens by byte-pair encoding. A word starts as single characters, and neighbours are merged in the order of the merge
/// rules. Most words are a single token; whether merging produces that token is determined once per token. Follows <c>BPE</c> of
/// HuggingFace's tokenizers.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const byte Whole = 1, Divided = 2;
    private const int MaxUtf8 = 3; // bytes per UTF-16 unit

    private readonly PieceTable _pieces;
    private readonly MergeTable _merges;
    private readonly int _unknown;
    private readonly BpeSettings _settings;
    private readonly int[] _characters; // ids of the first 0x180 characters
    private readonly byte[] _wholes;    // whether each piece is a whole word; determined on first use
    private readonly WordCache _cache = new();
    private readonly int[]? _bytes;     // the byte pieces, if characters can fall back to them

    /// <param name="pieces">The pieces and their ids.</param>
    /// <param name="merges">Pairs of ids and the ids that replace them, ordered by rank.</param>
    /// <param name="unknown">The id of a character that is not a piece; -1 to omit such characters.</param>
    /// <param name="settings">The other settings.</param>
    public BpeModel(IReadOnlyCollection<KeyValuePair<string, int>> pieces, IReadOnlyList<(int, int, int)> merges, int unknown,
        BpeSettings settings)
    {
        _pieces = new PieceTable(pieces);
        _merges = new MergeTable(merges);
        (_unknown, _settings) = (unknown, settings);
        _wholes = new byte[_pieces.Count];
        if (settings.ContinuingSubwordPrefix.Length == 0 && settings.EndOfWordSuffix.Length == 0)
            _characters = [.. Enumerable.Range(0, 0x180).Select(c => _pieces.IdOf([(char)c]))];
        else
            _characters = [];
        if (settings.ByteFallback)
            _bytes = [.. Enumerable.Range(0, 256).Select(b => _pieces.IdOf($"<0x{b:X2}>"))];
    }

    public override string Kind => _pieces.IdOf([ByteAlphabet.Blank]) >= 0 ? "byte-level BPE" : "BPE";

    public override bool ContinuesWord(string token) => _settings.ContinuingSubwordPrefix is { Length: > 0 } prefix
        ? token.StartsWith(prefix, StringComparison.Ordinal)
        : token is not [ByteAlphabet.Blank or MetaspaceJson.Mark, ..];

    public override void Match(in NormalizedText text, int start, int length, ref TokenBuffer output)
    {
        bool isShort = WordKey.TryCreate(text.Characters, start, length, out WordKey key);
        if (isShort && _cache.Find(key) is { } known)
            known.AddTo(text, start, ref output);
        else
            Match(text, start, length, isShort ? _cache : null, key, ref output);
        output.EndWord();
    }

    public override void Trace(string word, Action<int> use)
    {
        if (_settings.IgnoreMerges && _pieces.IdOf(word) is var whole and >= 0)
        {
            use(whole);
            return;
        }
        var symbols = new BpeWord(Capacity(word));
        Fill(word, ref symbols);
        for (int i = 0; i < symbols.End; i++)
            use(symbols[i].Id);
        symbols.Merge(_merges.Observed(use));
        symbols.Dispose();
    }

    public override bool IsElementary(string piece, int id)
    {
        (string prefix, string suffix) = (_settings.ContinuingSubwordPrefix, _settings.EndOfWordSuffix);
        ReadOnlySpan<char> text = piece;
        if (text.StartsWith(prefix) && text.Length > prefix.Length)
            text = text[prefix.Length..];
        if (text.EndsWith(suffix) && text.Length > suffix.Length)
            text = text[..^suffix.Length];
        return id == _unknown || IsCharacter(piece) || IsCharacter(text) || _bytes is not null && IsByte(piece);
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
        if (_settings.IgnoreMerges)
            return true;
        if (_wholes[piece] == 0)
        {
            BpeWord symbols = Merged(_pieces.Text(piece), out _);
            _wholes[piece] = symbols.IsOnly(_pieces.Id(piece)) ? Whole : Divided;
            symbols.Dispose();
        }
        return _wholes[piece] == Whole;
    }

    private void Merge(
        in NormalizedText text, int start, ReadOnlySpan<char> word, WordCache? cache, in WordKey key, ref TokenBuffer output)
    {
        BpeWord symbols = Merged(word, out bool inCharacters);
        int at = 0;
        for (int i = 0; i < symbols.End; i++)
        {
            BpeSymbol symbol = symbols[i];
            if (symbol.Bytes == 0)
                continue;
            int next = at + (inCharacters ? symbol.Characters : symbol.Bytes);
            int first = inCharacters ? at : CharacterAt(word, at), last = inCharacters ? next - 1 : CharacterAt(word, next - 1);
            output.Add(symbol.Id, text.StartOf(start + first), text.EndOf(start + last));
            at = next;
        }
        if (inCharacters)
            symbols.AddTo(cache, key);
        symbols.Dispose();
    }

    private int Capacity(ReadOnlySpan<char> word) => _bytes is null ? word.Length : MaxUtf8 * word.Length;

    // Unless each symbol represents whole characters and none is missing, the offsets of the tokens count bytes, as in the Rust code.
    private BpeWord Merged(ReadOnlySpan<char> word, out bool inCharacters)
    {
        var symbols = new BpeWord(Capacity(word));
        inCharacters = Fill(word, ref symbols);
        symbols.Merge(_merges);
        return symbols;
    }

    // An unknown character waits for the next one, which can be joined with it. Bytes do not end the wait, so they can overtake it.
    private bool Fill(ReadOnlySpan<char> word, ref BpeWord symbols)
    {
        bool inCharacters = true;
        var waiting = new BpeSymbol(_unknown, 0, 0);
        for (int i = 0, units; i < word.Length; i += units)
        {
            char c = word[i];
            units = char.IsHighSurrogate(c) && i + 1 < word.Length ? 2 : 1;
            int id = c < _characters.Length ? _characters[c] : IdOf(word, i, units);
            int bytes = units == 2 ? 4 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            if (id < 0 && TryAddBytes(word.Slice(i, units), ref symbols))
            {
                inCharacters = false;
            }
            else if (id < 0 && _unknown < 0)
            {
                inCharacters = false;
            }
            else if (id < 0 && _settings.FuseUnknown)
            {
                waiting = new BpeSymbol(_unknown, waiting.Characters + units, waiting.Bytes + bytes);
            }
            else
            {
                if (waiting.Bytes > 0)
                    symbols.Add(waiting);
                waiting = id < 0 ? new BpeSymbol(_unknown, units, bytes) : default;
                if (id >= 0)
                    symbols.Add(new BpeSymbol(id, units, bytes));
            }
        }
        if (waiting.Bytes > 0)
            symbols.Add(waiting);
        return inCharacters;
    }

    private int IdOf(ReadOnlySpan<char> word, int start, int units)
    {
        ReadOnlySpan<char> prefix = start == 0 ? [] : _settings.ContinuingSubwordPrefix;
        ReadOnlySpan<char> suffix = start + units < word.Length ? [] : _settings.EndOfWordSuffix;
        if (prefix.IsEmpty && suffix.IsEmpty)
            return _pieces.IdOf(word.Slice(start, units));
        Span<char> piece = stackalloc char[prefix.Length + units + suffix.Length];
        prefix.CopyTo(piece);
        word.Slice(start, units).CopyTo(piece[prefix.Length..]);
        suffix.CopyTo(piece[(prefix.Length + units)..]);
        return _pieces.IdOf(piece);
    }

    private bool TryAddBytes(ReadOnlySpan<char> character, ref BpeWord symbols)
    {
        if (_bytes is null)
            return false;
        Span<byte> utf8 = stackalloc byte[4];
        Rune.DecodeFromUtf16(character, out Rune rune, out _);
        utf8 = utf8[..rune.EncodeToUtf8(utf8)];
        foreach (byte value in utf8)
        {
            if (_bytes[value] < 0)
                return false;
        }
        foreach (byte value in utf8)
            symbols.Add(new BpeSymbol(_bytes[value], 1, 1));
        return true;
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
