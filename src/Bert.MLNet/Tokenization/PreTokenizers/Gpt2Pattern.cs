using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Finds the words of GPT-2's pattern, <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, by hand. Letters
/// and numbers are those of the engine that HuggingFace's tokenizers use.
/// </summary>
internal static class Gpt2Pattern
{
    private const byte Letter = 1, Number = 2, Space = 3;

    private static readonly CodePointTable s_kinds = CreateKinds();
    private static readonly byte[] s_basic = [.. Enumerable.Range(0, 0x10000).Select(c => s_kinds[c])];

    /// <summary>Returns the end of the word that starts at a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The start of the word, which must be before the end of the text.</param>
    /// <param name="blank">Whether the word is preceded by a space that belongs to it but is not in the text.</param>
    public static int End(ReadOnlySpan<char> text, int start, bool blank)
    {
        if (!blank && text[start] == '\'' && Contraction(text[(start + 1)..]) is var length and > 0)
            return start + 1 + length;

        int at = !blank && text[start] == ' ' ? start + 1 : start;
        if (at < text.Length && Kind(text, at, out int units) is var kind && kind != Space)
        {
            do
                at += units;
            while (at < text.Length && Kind(text, at, out units) == kind);
            return at;
        }

        // White space, which is always in the basic plane. Its last character belongs to the next word, unless it is the only one.
        while (at < text.Length && s_basic[text[at]] == Space)
            at++;
        return at == text.Length || at - start + (blank ? 1 : 0) == 1 ? at : at - 1;
    }

    private static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };

    private static int Kind(ReadOnlySpan<char> text, int at, out int units)
    {
        char c = text[at];
        units = 1;
        if (!char.IsHighSurrogate(c))
            return s_basic[c];
        Rune.DecodeFromUtf16(text[at..], out Rune rune, out units);
        return s_kinds[rune.Value];
    }

    private static CodePointTable CreateKinds() => new(
    [
        .. UnicodeSets.Letter.Ranges.Select(range => (range.First, range.Last, Letter)),
        .. UnicodeSets.Number.Ranges.Select(range => (range.First, range.Last, Number)),
        .. UnicodeSets.Whitespace.Ranges.Select(range => (range.First, range.Last, Space)),
    ]);
}
