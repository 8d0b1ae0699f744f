using System.Collections.Concurrent;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The normalizer of BERT. In this order, it cleans control characters and white space, surrounds Han ideographs with spaces, strips
/// accents and converts to lower case. Its characters and alignment equal those of <c>BertNormalizer</c> of HuggingFace's tokenizers.
/// Immutable and thread-safe.
/// </summary>
internal sealed class BertNormalizer : TextNormalizer
{
    // The map contains the replacement of each UTF-16 unit. These surrogates are never replacements: they mark units that need more work.
    private const char Removed = '\uD800';
    private const char Other = '\uD801';

    // One instance for each combination of settings, at most sixteen.
    private static readonly ConcurrentDictionary<(bool, bool, bool, bool), BertNormalizer> s_made = new();

    private readonly bool _clean, _separateHan, _stripAccents, _lowerCase;
    private readonly char[] _map = new char[0x10000];
    private readonly Dictionary<int, int[]> _replacements = [];

    public BertNormalizer(bool clean, bool separateHan, bool stripAccents, bool lowerCase)
    {
        (_clean, _separateHan, _stripAccents, _lowerCase) = (clean, separateHan, stripAccents, lowerCase);
        foreach (int c in UnicodeTables.Changing)
        {
            int[] replacement = Replacement(c);
            if (replacement is not [int same] || same != c)
                _replacements[c] = replacement;
        }
        for (int c = 0; c < _map.Length; c++)
            _map[c] = MapUnit(c);
    }

    /// <summary>Gets the normalizer for these options. Tokenizers with equal settings share it.</summary>
    public static BertNormalizer Create(BertTokenizerOptions options, bool clean = true) => s_made.GetOrAdd(
        (clean, options.TokenizeChineseChars, options.StripAccents ?? options.DoLowerCase, options.DoLowerCase),
        settings => new BertNormalizer(settings.Item1, settings.Item2, settings.Item3, settings.Item4));

    public override void Normalize(ReadOnlySpan<char> text, int origin, ref NormalizedText output)
    {
        int before = output.Length;
        if (TryNormalizeInPlace(text, origin, ref output))
            return;
        output.Length = before;
        NormalizeWithReordering(text, origin, ref output);
    }

    private char MapUnit(int c)
    {
        CharacterKinds kinds = UnicodeTables.Kinds(c);
        if (char.IsSurrogate((char)c))
            return Other;
        if (IsRemoved(kinds))
            return Removed;
        if (_clean && (kinds & CharacterKinds.Whitespace) != 0)
            return ' ';
        if (Moves(kinds) || _separateHan && (kinds & CharacterKinds.Han) != 0 || _stripAccents && UnicodeTables.IsHangulSyllable(c))
            return Other;
        if (!_replacements.TryGetValue(c, out int[]? replacement))
            return (char)c;
        return replacement is [< 0x10000] && !Moves(UnicodeTables.Kinds(replacement[0])) ? (char)replacement[0] : Other;
    }

    private bool IsRemoved(CharacterKinds kinds) =>
        _clean && (kinds & CharacterKinds.Removed) != 0 || _stripAccents && (kinds & CharacterKinds.Mark) != 0;

    // A mark that is not stripped, but that decomposition can reorder.
    private bool Moves(CharacterKinds kinds) =>
        _stripAccents && (kinds & (CharacterKinds.Combining | CharacterKinds.Mark)) == CharacterKinds.Combining;

    private int[] Replacement(int codePoint)
    {
        int[] replacement = [codePoint];
        if (_stripAccents)
            replacement = Array.FindAll(UnicodeTables.Decompose(codePoint), part => (UnicodeTables.Kinds(part) & CharacterKinds.Mark) == 0);
        if (_lowerCase)
            replacement = [.. replacement.SelectMany(UnicodeTables.LowerCase)];
        return replacement;
    }

    // Processes each code point separately. This is correct as long as no mark that decomposition could move remains in the text.
    private bool TryNormalizeInPlace(ReadOnlySpan<char> text, int origin, ref NormalizedText output)
    {
        char[] map = _map;
        for (int i = 0; i < text.Length; i++)
        {
            char mapped = map[text[i]];
            if (!char.IsSurrogate(mapped))
            {
                output.Add(mapped, origin + i, origin + i + 1);
                continue;
            }
            if (mapped == Removed)
                continue;
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int units);
            if (!TryAdd(rune.Value, origin + i, origin + i + units, ref output))
                return false;
            i += units - 1;
        }
        return true;
    }

    private bool TryAdd(int codePoint, int start, int end, ref NormalizedText output)
    {
        CharacterKinds kinds = UnicodeTables.Kinds(codePoint);
        if (IsRemoved(kinds))
            return true;
        if (Moves(kinds))
            return false;

        bool apart = _separateHan && (kinds & CharacterKinds.Han) != 0;
        if (apart)
            output.Add(' ', start, end);
        if (_replacements.TryGetValue(codePoint, out int[]? replacement))
        {
            foreach (int c in replacement)
            {
                if (Moves(UnicodeTables.Kinds(c)))
                    return false;
                output.AddCodePoint(c, start, end);
            }
        }
        else if (_stripAccents && UnicodeTables.IsHangulSyllable(codePoint))
        {
            (int lead, int vowel, int tail) = UnicodeTables.HangulJamo(codePoint);
            output.Add((char)lead, start, end);
            output.Add((char)vowel, start, end);
            if (tail != 0)
                output.Add((char)tail, start, end);
        }
        else
        {
            output.AddCodePoint(codePoint, start, end);
        }
        if (apart)
            output.Add(' ', start, end);
        return true;
    }

    private void NormalizeWithReordering(ReadOnlySpan<char> text, int origin, ref NormalizedText output)
    {
        var codePoints = new List<int>();
        var places = new List<(int Start, int End)>();
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int units);
            foreach (int c in Separate(rune.Value))
            {
                codePoints.Add(c);
                places.Add((origin + i, origin + i + units));
            }
            i += units;
        }
        foreach ((int codePoint, int source) in CanonicalDecomposition.Decompose(codePoints))
        {
            if ((UnicodeTables.Kinds(codePoint) & CharacterKinds.Mark) != 0)
                continue;
            (int start, int end) = places[source];
            foreach (int c in _lowerCase ? UnicodeTables.LowerCase(codePoint) : [codePoint])
                output.AddCodePoint(c, start, end);
        }
    }

    // Cleaning and the spaces around Han ideographs, which precede decomposition.
    private int[] Separate(int codePoint)
    {
        CharacterKinds kinds = UnicodeTables.Kinds(codePoint);
        if (_clean && (kinds & CharacterKinds.Removed) != 0)
            return [];
        if (_clean && (kinds & CharacterKinds.Whitespace) != 0)
            return [' '];
        return _separateHan && (kinds & CharacterKinds.Han) != 0 ? [' ', codePoint, ' '] : [codePoint];
    }
}
