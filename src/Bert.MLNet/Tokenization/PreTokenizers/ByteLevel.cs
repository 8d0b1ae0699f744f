using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The pre-tokenizer of GPT-2. It splits text by a pattern and writes each byte of its UTF-8 form as a visible character, as defined by
/// <see cref="ByteAlphabet"/>.
/// </summary>
/// <param name="addPrefixSpace">Whether to insert a space before text that does not start with one.</param>
/// <param name="useRegex">Whether to split the text.</param>
internal sealed class ByteLevel(bool addPrefixSpace, bool useRegex) : PreTokenizerStep
{
    public override bool IsLocal => useRegex;

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        ReadOnlySpan<char> span = text.Characters.AsSpan(0, to);
        bool blank = addPrefixSpace && span[from] != ' ';
        if (blank)
            output.Text.Add(ByteAlphabet.Blank, text.StartOf(from), text.EndOf(from));
        if (Ascii.IsValid(span[from..]))
            SplitAscii(text, span, from, blank, ref output);
        else
            SplitAny(text, span, from, blank, ref output);
    }

    // Each character represents one byte, so the whole text can be written before it is split.
    private void SplitAscii(in NormalizedText text, ReadOnlySpan<char> span, int from, bool blank, ref WordList output)
    {
        int moved = output.Text.Length - from;
        output.Text.Append(text, from, span.Length - from);
        ReadOnlySpan<char> alphabet = ByteAlphabet.Characters[..0x80];
        foreach (ref char c in output.Text.Characters.AsSpan(moved + from, span.Length - from))
            c = alphabet[c];
        while (from < span.Length)
        {
            from = useRegex ? Gpt2Pattern.End(span, from, blank) : span.Length;
            output.EndWord(from + moved);
            blank = false;
        }
    }

    private void SplitAny(in NormalizedText text, ReadOnlySpan<char> span, int from, bool blank, ref WordList output)
    {
        while (from < span.Length)
        {
            int end = useRegex ? Gpt2Pattern.End(span, from, blank) : span.Length;
            Write(text, from, end, ref output.Text);
            output.EndWord();
            (from, blank) = (end, false);
        }
    }

    /// <summary>Appends the characters of the bytes of a part of a text.</summary>
    public static void Write(in NormalizedText text, int from, int to, ref NormalizedText output)
    {
        Span<byte> bytes = stackalloc byte[4];
        ReadOnlySpan<char> alphabet = ByteAlphabet.Characters;
        for (int i = from; i < to; i++)
        {
            char c = text.Characters[i];
            if (c < 0x80)
            {
                output.Add(alphabet[c], text.StartOf(i), text.EndOf(i));
                continue;
            }
            Rune rune = char.IsHighSurrogate(c) ? new Rune(c, text.Characters[++i]) : new Rune(c);
            foreach (byte part in bytes[..rune.EncodeToUtf8(bytes)])
                output.Add(alphabet[part], text.StartOf(i), text.EndOf(i));
        }
    }
}
