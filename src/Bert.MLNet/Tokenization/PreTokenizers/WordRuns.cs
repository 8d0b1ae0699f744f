using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Splits text at white space, which is removed, and between word characters and others: <c>\w+|[^\w\s]+</c> with Rust's tables. This is
/// the pre-tokenizer <c>Whitespace</c> of HuggingFace's tokenizers.
/// </summary>
internal sealed class WordRuns : PreTokenizerStep
{
    private const byte Word = 1, Space = 2;

    private static readonly CodePointTable s_kinds = new(
    [
        .. UnicodeSets.RustWord.Ranges.Select(range => (range.First, range.Last, Word)),
        .. UnicodeSets.Whitespace.Ranges.Select(range => (range.First, range.Last, Space)),
    ]);

    public static WordRuns Instance { get; } = new();

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        ReadOnlySpan<char> span = text.Characters.AsSpan(0, to);
        for (int start = from, end; start < to; start = end)
        {
            byte kind = Kind(span, start, out int units);
            end = start + units;
            while (end < to && Kind(span, end, out units) == kind)
                end += units;
            if (kind == Space)
                continue;
            output.Text.Append(text, start, end - start);
            output.EndWord();
        }
    }

    private static byte Kind(ReadOnlySpan<char> text, int at, out int units)
    {
        Rune.DecodeFromUtf16(text[at..], out Rune rune, out units);
        return s_kinds[rune.Value];
    }
}
