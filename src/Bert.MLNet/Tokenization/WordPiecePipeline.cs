namespace Bert.MLNet.Tokenization;

/// <summary>
/// Text to tokens, without <c>[CLS]</c> and <c>[SEP]</c>: added tokens are taken out, the rest is normalised, cut into words and these
/// into WordPieces. Immutable and thread-safe; leaves no garbage.
/// </summary>
internal sealed class WordPiecePipeline(TextNormalizer normalizer, WordPieceMatcher pieces, IEnumerable<AddedToken> addedTokens, bool splitSpecialTokens)
{
    // Long texts are normalised a piece at a time, so that buffers stay small and a limit on tokens ends the work early.
    private const int Segment = 4_096;

    private readonly AddedTokenFinder? _inText = Finder(addedTokens.Where(t => !t.Normalized).Select(t => (t.Content, t)), splitSpecialTokens);
    private readonly AddedTokenFinder? _inNormalized = Finder(addedTokens.Where(t => t.Normalized).Select(t => (normalizer.Normalize(t.Content), t)), splitSpecialTokens);

    /// <summary>Adds the tokens of <paramref name="text"/>, at least the first <paramref name="limit"/> where there are so many.</summary>
    public void Tokenize(ReadOnlySpan<char> text, int limit, ref TokenBuffer output)
    {
        int from = 0;
        if (_inText is not null)
        {
            int scan = 0;
            while (output.Ids.Count < limit && _inText.Next(text, ref scan, from, out int start, out int end) is { } token)
            {
                if (from < start)
                    TokenizeSegments(text, from, start, limit, ref output);
                output.AddWhole(token, text[start..end], start, end);
                from = end;
            }
        }
        TokenizeSegments(text, from, text.Length, limit, ref output);
    }

    /// <summary>Adds the tokens of a text that is taken as it is: not normalised, or not cut into words, or neither. Added tokens are not looked for.</summary>
    public void TokenizePlain(ReadOnlySpan<char> text, bool normalize, bool cutWords, ref TokenBuffer output)
    {
        var plain = new NormalizedText(text.Length, output.Aligned);
        if (normalize)
            normalizer.Normalize(text, 0, ref plain);
        else
            for (int i = 0; i < text.Length; i++)
                plain.Add(text[i], i, i + 1);

        if (cutWords)
            TokenizeWords(plain, 0, plain.Length, ref output);
        else if (plain.Length > 0)
            pieces.Match(plain, 0, plain.Length, ref output);
        plain.Dispose();
    }

    private static AddedTokenFinder? Finder(IEnumerable<(string, AddedToken)> tokens, bool splitSpecialTokens)
    {
        (string, AddedToken)[] list = [.. tokens];
        return list.Length == 0 ? null : new AddedTokenFinder(list, splitSpecialTokens);
    }

    private void TokenizeSegments(ReadOnlySpan<char> text, int from, int to, int limit, ref TokenBuffer output)
    {
        while (from < to && output.Ids.Count < limit)
        {
            int end = SegmentEnd(text[..to], from);
            TokenizeSegment(text[from..end], from, ref output);
            from = end;
        }
    }

    // A blank ends a word and no mark moves over it; a token sought in normalised text may hold one.
    private int SegmentEnd(ReadOnlySpan<char> text, int from)
    {
        if (text.Length - from <= Segment || _inNormalized is not null)
            return text.Length;
        int blank = text.Slice(from, Segment).LastIndexOf(' ');
        if (blank < 0)
            blank = text[from..].IndexOf(' ');
        return blank < 0 ? text.Length : from + blank + 1;
    }

    private void TokenizeSegment(ReadOnlySpan<char> text, int origin, ref TokenBuffer output)
    {
        var normalized = new NormalizedText(text.Length, output.Aligned);
        normalizer.Normalize(text, origin, ref normalized);
        int from = 0;
        if (_inNormalized is not null)
        {
            int scan = 0;
            while (_inNormalized.Next(normalized.Span, ref scan, from, out int start, out int end) is { } token)
            {
                if (from < start)
                    TokenizeWords(normalized, from, start, ref output);
                output.AddWhole(token, normalized.Span[start..end], normalized.StartOf(start), normalized.EndOf(end - 1));
                from = end;
            }
        }
        TokenizeWords(normalized, from, normalized.Length, ref output);
        normalized.Dispose();
    }

    private void TokenizeWords(in NormalizedText text, int from, int to, ref TokenBuffer output)
    {
        var words = new WordEnumerator(text.Span[from..to]);
        while (words.MoveNext())
            pieces.Match(text, from + words.Start, words.Length, ref output);
    }
}
