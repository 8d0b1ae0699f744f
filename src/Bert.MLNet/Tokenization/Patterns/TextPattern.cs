namespace Bert.MLNet.Tokenization;

/// <summary>The <c>pattern</c> of a part of a tokenizer, which is searched for in text. Immutable and thread-safe.</summary>
internal abstract class TextPattern
{
    /// <summary>Finds the first match at or after a position. The text contains no unpaired surrogates.</summary>
    public abstract bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end);

    /// <summary>
    /// Finds the next match, in the same way as HuggingFace's tokenizers: an empty match is skipped where the previous match ended.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The position to search from, at first 0. On return, the position to continue from.</param>
    /// <param name="last">The end of the previous match, at first -1.</param>
    /// <param name="start">The start of the match.</param>
    /// <param name="end">The end of the match.</param>
    public bool Next(ReadOnlySpan<char> text, ref int from, ref int last, out int start, out int end)
    {
        start = end = 0;
        while (from <= text.Length && TryFind(text, from, out start, out end))
        {
            if (start < end || end != last)
            {
                from = last = end;
                return true;
            }
            from += from + 1 < text.Length && char.IsSurrogatePair(text[from], text[from + 1]) ? 2 : 1;
        }
        return false;
    }
}
