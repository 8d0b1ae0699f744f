using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Finds extended grapheme clusters like the crate unicode-segmentation (Unicode 16, UAX #29). The exception is Indic conjuncts, which are
/// longer than any cluster that callers look up.
/// </summary>
internal static class GraphemeClusters
{
    private const byte Control = 1, Extend = 2, Prepend = 3, Pictographic = 4, Joiner = 5, Regional = 6, Lead = 7, Vowel = 8, Tail = 9,
    Syllable = 10, ClosedSyllable = 11;

    private static readonly CodePointTable s_kinds = CreateKinds();

    /// <summary>Returns whether a UTF-16 unit forms a cluster by itself next to other such units.</summary>
    public static bool IsAlone(char c) => !char.IsSurrogate(c) && s_kinds[c] is 0 or Pictographic;

    /// <summary>Returns the length of the first cluster, in UTF-16 units.</summary>
    public static int Next(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && text[0] == '\r' && text[1] == '\n')
            return 2;
        int before = Read(text, 0, out int length);
        bool pictograph = before == Pictographic; // so far, a pictograph and its extensions
        bool pairs = before == Regional;          // so far, an odd number of regional indicators
        while (length < text.Length)
        {
            int next = Read(text, length, out int units);
            if (!Joins(before, next) && !(pictograph && before == Joiner && next == Pictographic) && !(pairs && next == Regional))
                break;
            pictograph = next == Pictographic || pictograph && (next is Extend or Joiner);
            pairs = next == Regional && !pairs;
            before = next;
            length += units;
        }
        return length;
    }

    private static bool Joins(int before, int next)
    {
        if (before == Control || next == Control)
            return false;
        if (before == Prepend || next is Extend or Joiner)
            return true;
        return before switch
        {
            Lead => next is Lead or Vowel or Syllable or ClosedSyllable,
            Vowel or Syllable => next is Vowel or Tail,
            Tail or ClosedSyllable => next == Tail,
            _ => false,
        };
    }

    private static int Read(ReadOnlySpan<char> text, int at, out int units)
    {
        Rune.DecodeFromUtf16(text[at..], out Rune rune, out units);
        return s_kinds[rune.Value];
    }

    private static CodePointTable CreateKinds()
    {
        var file = new UnicodeTableFile("SegmentationTables");
        var ranges = new List<(int, int, byte)>
        {
            ('\r', '\r', Control), ('\n', '\n', Control), (0x200D, 0x200D, Joiner), (0x1F1E6, 0x1F1FF, Regional),
            (0x1100, 0x115F, Lead), (0xA960, 0xA97C, Lead),
            (0x1160, 0x11A7, Vowel), (0xD7B0, 0xD7C6, Vowel), (0x16D63, 0x16D63, Vowel), (0x16D67, 0x16D6A, Vowel),
            (0x11A8, 0x11FF, Tail), (0xD7CB, 0xD7FB, Tail),
        };
        for (int syllable = 0xAC00; UnicodeTables.IsHangulSyllable(syllable); syllable += 28)
        {
            ranges.Add((syllable, syllable, Syllable));
            ranges.Add((syllable + 1, syllable + 27, ClosedSyllable));
        }
        foreach ((string table, byte kind) in new[] { ("control", Control), ("extend", Extend), ("prepend", Prepend),
            ("pictographic", Pictographic) })
            ranges.AddRange(file.Ranges(table).Select(range => (range.First, range.Last, kind)));
        return new CodePointTable(ranges);
    }
}
