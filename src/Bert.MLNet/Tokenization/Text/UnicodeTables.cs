using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Bert.MLNet.Tokenization;

/// <summary>Specifies how BERT treats a code point. The values are bit flags.</summary>
[Flags]
internal enum CharacterKinds : byte
{
    None = 0,

    /// <summary>Removed when text is cleaned.</summary>
    Removed = 1,

    /// <summary>Separates words.</summary>
    Whitespace = 2,

    /// <summary>Is a separate word.</summary>
    Punctuation = 4,

    /// <summary>A non-spacing mark, which is removed when accents are stripped.</summary>
    Mark = 8,

    /// <summary>A Han ideograph, which BERT surrounds with spaces.</summary>
    Han = 16,

    /// <summary>Has a combining class, so canonical decomposition can move it.</summary>
    Combining = 32,
}

/// <summary>
/// The character tables of HuggingFace's tokenizers, read once from <c>UnicodeTables.txt</c>, which names their source. The tables of .NET
/// are not used: they are from other Unicode versions, and normalization depends on the system's ICU.
/// </summary>
internal static class UnicodeTables
{
    private const int CodePoints = 0x110000, PageLength = 256;

    // The blocks of BERT's original tokenizer, which also omits later extensions (B820-B91F of plane 2, and G and later).
    private static readonly (int First, int Last)[] s_han =
    [
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
        (0x2B920, 0x2CEAF), (0x2F800, 0x2FA1F),
    ];

    private static readonly ushort[] s_pages = new ushort[CodePoints / PageLength];
    private static readonly CharacterKinds[] s_kinds;
    private static readonly Dictionary<int, byte> s_classes = [];
    private static readonly Dictionary<int, int[]> s_decompositions = [];
    private static readonly Dictionary<int, int[]> s_lower = [];

    static UnicodeTables()
    {
        var kinds = new CharacterKinds[]?[s_pages.Length];
        foreach ((int first, int last) in s_han)
            Mark(kinds, first, last, CharacterKinds.Han);

        Assembly assembly = typeof(UnicodeTables).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream("Bert.MLNet.Tokenization.UnicodeTables.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                ReadLine(line, kinds);
        }
        s_kinds = Compress(kinds);
    }

    /// <summary>Returns the kinds of a code point. A lone surrogate is treated as U+FFFD.</summary>
    public static CharacterKinds Kinds(int codePoint) => s_kinds[s_pages[codePoint >> 8] << 8 | codePoint & 0xFF];

    /// <summary>Returns the canonical combining class, which is 0 for most code points.</summary>
    public static byte CombiningClass(int codePoint) => s_classes.GetValueOrDefault(codePoint);

    /// <summary>The code points that have a decomposition or a lower case, except the Hangul syllables.</summary>
    public static IEnumerable<int> Changing => s_decompositions.Keys.Union(s_lower.Keys);

    /// <summary>The code points that have a canonical decomposition, except the Hangul syllables.</summary>
    public static IEnumerable<(int CodePoint, int[] Parts)> Decompositions => s_decompositions.Select(map => (map.Key, map.Value));

    public static bool IsHangulSyllable(int codePoint) => codePoint is >= 0xAC00 and < 0xAC00 + 11_172;

    /// <summary>Computes the parts of a Hangul syllable (the Unicode Standard, section 3.12). The tail is 0 if there is none.</summary>
    public static (int Lead, int Vowel, int Tail) HangulJamo(int syllable)
    {
        int index = syllable - 0xAC00;
        int tail = index % 28;
        return (0x1100 + index / 588, 0x1161 + index % 588 / 28, tail == 0 ? 0 : 0x11A7 + tail);
    }

    /// <summary>Returns the full canonical decomposition (NFD) of one code point, before reordering.</summary>
    public static int[] Decompose(int codePoint)
    {
        if (IsHangulSyllable(codePoint))
        {
            (int lead, int vowel, int tail) = HangulJamo(codePoint);
            return tail == 0 ? [lead, vowel] : [lead, vowel, tail];
        }
        return s_decompositions.TryGetValue(codePoint, out int[]? parts) ? parts : [codePoint];
    }

    /// <summary>Does the same as <see cref="Decompose(int)"/>, without allocating.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <param name="room">A buffer for up to three parts, used if the parts are not stored in a table.</param>
    public static ReadOnlySpan<int> Decompose(int codePoint, Span<int> room)
    {
        if (s_decompositions.TryGetValue(codePoint, out int[]? parts))
            return parts;
        if (!IsHangulSyllable(codePoint))
        {
            room[0] = codePoint;
            return room[..1];
        }
        (room[0], room[1], room[2]) = HangulJamo(codePoint);
        return room[2] == 0 ? room[..2] : room[..3];
    }

    /// <summary>Returns the lower case of one code point: two code points for U+0130, otherwise one.</summary>
    public static int[] LowerCase(int codePoint) => s_lower.TryGetValue(codePoint, out int[]? lower) ? lower : [codePoint];

    /// <summary>Gets the lower case of a code point. Returns false if the code point does not change.</summary>
    public static bool TryLowerCase(int codePoint, [NotNullWhen(true)] out int[]? lower) => s_lower.TryGetValue(codePoint, out lower);

    /// <summary>Returns whether a UTF-16 unit is white space, which is always in the basic plane.</summary>
    public static bool IsWhitespace(char c) => !char.IsSurrogate(c) && (Kinds(c) & CharacterKinds.Whitespace) != 0;

    private static void ReadLine(ReadOnlySpan<char> line, CharacterKinds[]?[] kinds)
    {
        ReadOnlySpan<char> name = Cut(ref line, ' ');
        CharacterKinds kind = name switch
        {
            "removed" => CharacterKinds.Removed,
            "whitespace" => CharacterKinds.Whitespace,
            "punctuation" => CharacterKinds.Punctuation,
            "mark" => CharacterKinds.Mark,
            "class" => CharacterKinds.Combining,
            _ => CharacterKinds.None,
        };
        if (kind == CharacterKinds.None)
        {
            Dictionary<int, int[]> map = name is "lower" ? s_lower : s_decompositions;
            while (line.Length > 0)
            {
                ReadOnlySpan<char> parts = Cut(ref line, ' ');
                int codePoint = Hex(Cut(ref parts, '='));
                int[] others = new int[parts.Count('+') + 1];
                for (int i = 0; i < others.Length; i++)
                    others[i] = Hex(Cut(ref parts, '+'));
                map[codePoint] = others;
            }
            return;
        }
        byte combining = kind == CharacterKinds.Combining ? byte.Parse(Cut(ref line, ' '), CultureInfo.InvariantCulture) : (byte)0;
        while (line.Length > 0)
        {
            ReadOnlySpan<char> ends = Cut(ref line, ' ');
            int first = Hex(Cut(ref ends, '-')), last = ends.Length > 0 ? Hex(ends) : first;
            Mark(kinds, first, last, kind);
            for (int c = first; combining != 0 && c <= last; c++)
                s_classes[c] = combining;
        }
    }

    /// <summary>Returns the text before the separator, or all of it. Afterwards, <paramref name="text"/> contains the rest.</summary>
    private static ReadOnlySpan<char> Cut(ref ReadOnlySpan<char> text, char separator)
    {
        int end = text.IndexOf(separator);
        ReadOnlySpan<char> before = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return before;
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static void Mark(CharacterKinds[]?[] kinds, int first, int last, CharacterKinds kind)
    {
        for (int c = first; c <= last; c++)
            (kinds[c >> 8] ??= new CharacterKinds[PageLength])[c & 0xFF] |= kind;
    }

    // Most pages of 256 code points are identical (all letters, all private use), so each distinct page is stored once.
    private static CharacterKinds[] Compress(CharacterKinds[]?[] kinds)
    {
        var pages = new List<CharacterKinds[]>();
        var empty = new CharacterKinds[PageLength];
        for (int page = 0; page < kinds.Length; page++)
        {
            CharacterKinds[] content = kinds[page] ?? empty;
            int known = 0;
            while (known < pages.Count && !pages[known].AsSpan().SequenceEqual(content))
                known++;
            if (known == pages.Count)
                pages.Add(content);
            s_pages[page] = (ushort)known;
        }
        var compressed = new CharacterKinds[pages.Count * PageLength];
        for (int page = 0; page < pages.Count; page++)
            pages[page].CopyTo(compressed, page * PageLength);
        return compressed;
    }
}
