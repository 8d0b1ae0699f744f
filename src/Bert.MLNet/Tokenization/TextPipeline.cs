namespace Bert.MLNet.Tokenization;

/// <summary>
/// Converts text to tokens, without <c>[CLS]</c> and <c>[SEP]</c>. Added tokens are extracted first; the rest is normalized and split into
/// words, which are then split into tokens. Immutable and thread-safe; creates no garbage.
/// </summary>
internal sealed class TextPipeline
{
    // Long texts are normalized one segment at a time, so that buffers stay small and a token limit can stop the work early.
    private const int Segment = 4_096;

    private readonly TextNormalizer _normalizer;
    private readonly TextPreTokenizer _preTokenizer;
    private readonly TokenModel _model;
    private readonly AddedTokenFinder? _inText, _inNormalized;
    private readonly bool _isLocal;

    public TextPipeline(TextNormalizer normalizer, TextPreTokenizer preTokenizer, TokenModel model, IReadOnlyList<AddedToken> addedTokens,
        bool splitSpecialTokens)
    {
        (_normalizer, _preTokenizer, _model) = (normalizer, preTokenizer, model);
        (string Content, AddedToken Token)[] normalized =
            [.. addedTokens.Where(t => t.Normalized).Select(t => (normalizer.Normalize(t.Content), t))];
        _inText = Finder(addedTokens.Where(t => !t.Normalized).Select(t => (t.Content, t)), splitSpecialTokens);
        _inNormalized = Finder(normalized, splitSpecialTokens);
        _isLocal = normalizer.IsLocal
            && preTokenizer.IsLocal
            && normalized.All(t => !t.Token.RStrip && t.Content.AsSpan().TrimStart(' ').IndexOf(' ') < 0);
    }

    /// <summary>Appends the tokens of <paramref name="text"/>: all of them, or at least the first <paramref name="limit"/>.</summary>
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

    /// <summary>
    /// Appends the tokens of a text without searching for added tokens. Normalization and splitting into words are each optional.
    /// </summary>
    public void TokenizePlain(ReadOnlySpan<char> text, bool normalize, bool cutWords, ref TokenBuffer output)
    {
        var plain = new NormalizedText(text.Length, output.Aligned || _preTokenizer.NeedsAlignment);
        if (normalize)
            _normalizer.Normalize(text, 0, ref plain);
        else
            plain.Assign(text, 0);

        if (cutWords)
            _preTokenizer.Tokenize(plain, 0, plain.Length, _model, ref output);
        else if (plain.Length > 0)
            _model.Match(plain, 0, plain.Length, ref output);
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

    // A segment ends before a space that follows a letter or visible ASCII character: a word ends there, no combining mark can move
    // across it, and no run of spaces is split.
    private int SegmentEnd(ReadOnlySpan<char> text, int from)
    {
        if (text.Length - from <= Segment || !_isLocal)
            return text.Length;
        int end = from + Segment;
        while (end > from && !EndsPart(text, end))
            end--;
        if (end > from)
            return end;
        end = from + Segment;
        while (end < text.Length && !EndsPart(text, end))
            end++;
        return end;
    }

    private static bool EndsPart(ReadOnlySpan<char> text, int end) =>
        text[end] == ' ' && (char.IsLetter(text[end - 1]) || text[end - 1] is > ' ' and < '\u007F');

    private void TokenizeSegment(ReadOnlySpan<char> text, int origin, ref TokenBuffer output)
    {
        var normalized = new NormalizedText(text.Length, output.Aligned || _preTokenizer.NeedsAlignment);
        _normalizer.Normalize(text, origin, ref normalized);
        int from = 0;
        if (_inNormalized is not null)
        {
            int scan = 0;
            while (_inNormalized.Next(normalized.Span, ref scan, from, out int start, out int end) is { } token)
            {
                if (from < start)
                    _preTokenizer.Tokenize(normalized, from, start, _model, ref output);
                output.AddWhole(token, normalized.Span[start..end], normalized.StartOf(start), normalized.EndOf(end - 1));
                from = end;
            }
        }
        _preTokenizer.Tokenize(normalized, from, normalized.Length, _model, ref output);
        normalized.Dispose();
    }
}
