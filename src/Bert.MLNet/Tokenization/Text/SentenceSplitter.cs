namespace Bert.MLNet.Tokenization;

/// <summary>
/// Divides a text into sentences by punctuation, without training: Western and CJK full stops, abbreviations, initials, numbers, closing
/// quotation marks and line breaks. Thread-safe.
/// </summary>
internal static class SentenceSplitter
{
    // Stops that need no space after them.
    private const string FullStops = "。！？｡।॥۔؟።။";
    private const string WesternStops = ".!?…‽";
    private const string Closers = "\"')]}»”’』」）】》〉］";
    private const string Openers = "\"'([{«“‘¿¡„‚-–—•*";

    /// <summary>Finds the sentences.</summary>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The start and end of each sentence, in UTF-16 code units, without white space around it. Parts without a letter or digit are left
    /// out.
    /// </returns>
    /// <remarks>
    /// A sentence ends at a full stop that is followed by white space or the end of the text, unless the next word begins with a
    /// lower-case letter in a text that has capital letters. A line break ends a sentence unless the next line begins with a lower-case
    /// letter and the line before it does not end with a full stop; a blank line and a bullet always end one.
    /// </remarks>
    public static List<(int Start, int End)> Split(ReadOnlySpan<char> text)
    {
        var sentences = new List<(int, int)>();
        bool hasCapitals = HasCapitals(text);
        int start = 0;
        for (int i = 0; i < text.Length;)
        {
            int end = End(text, start, i, hasCapitals);
            if (end < 0)
            {
                i++;
                continue;
            }
            Add(sentences, text, start, end);
            start = i = Math.Max(end, i + 1);
        }
        Add(sentences, text, start, text.Length);
        return sentences;
    }

    // The end of a sentence whose last mark is at an index, or -1.
    private static int End(ReadOnlySpan<char> text, int start, int index, bool hasCapitals)
    {
        char c = text[index];
        if (c is '\n' or '\r' or '\u2028' or '\u2029' or '\u0085')
            return EndsLine(text, index) ? index : -1;
        if (!FullStops.Contains(c) && !WesternStops.Contains(c))
            return -1;
        int end = index + 1;
        while (end < text.Length && (WesternStops.Contains(text[end]) || FullStops.Contains(text[end])))
            end++;
        int stops = end;
        while (end < text.Length && Closers.Contains(text[end]))
            end++;
        // 「はい。」と言った。 goes on after the quotation.
        if (FullStops.Contains(text[stops - 1]))
            return end > stops && end < text.Length && text[end] is 'と' or 'っ' ? -1 : end;
        if (end < text.Length && !char.IsWhiteSpace(text[end]))
            return -1;
        return EndsSentence(text, start, index, stops, end, hasCapitals) ? end : -1;
    }

    // Whether a Western stop that is followed by white space ends a sentence.
    private static bool EndsSentence(ReadOnlySpan<char> text, int start, int index, int stops, int end, bool hasCapitals)
    {
        ReadOnlySpan<char> next = NextWord(text[end..]);
        if (next.IsEmpty)
            return true;
        if (hasCapitals && char.IsLower(next[0]))
            return false;
        if (text[index] != '.' || stops - index > 1)
            return true;
        int first = index;
        while (first > start && !char.IsWhiteSpace(text[first - 1]) && !Openers.Contains(text[first - 1]))
            first--;
        return SentenceAbbreviations.CanEnd(text[first..index], next, text[start..first].IsWhiteSpace());
    }

    private static bool EndsLine(ReadOnlySpan<char> text, int index)
    {
        ReadOnlySpan<char> rest = text[(index + 1)..];
        if (text[index] == '\r' && rest is ['\n', ..])
            rest = rest[1..];
        ReadOnlySpan<char> next = rest.TrimStart(" \t");
        if (next is [] or ['\n' or '\r' or '-' or '–' or '•' or '*', ..])
            return true;
        ReadOnlySpan<char> word = NextWord(next);
        return word.IsEmpty || !char.IsLower(word[0]) || text[..index].TrimEnd() is [.., '.' or '!' or '?' or '。'];
    }

    // The letters and digits that follow white space and opening marks; empty if something else follows.
    private static ReadOnlySpan<char> NextWord(ReadOnlySpan<char> text)
    {
        int start = 0;
        while (start < text.Length && (char.IsWhiteSpace(text[start]) || Openers.Contains(text[start])))
            start++;
        int end = start;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
            end++;
        return text[start..Math.Max(end, Math.Min(start + 1, text.Length))];
    }

    private static bool HasCapitals(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (char.IsUpper(c))
                return true;
        }
        return false;
    }

    private static void Add(List<(int, int)> sentences, ReadOnlySpan<char> text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        foreach (char c in text[start..end])
        {
            if (char.IsLetterOrDigit(c) || char.IsHighSurrogate(c))
            {
                sentences.Add((start, end));
                return;
            }
        }
    }
}
