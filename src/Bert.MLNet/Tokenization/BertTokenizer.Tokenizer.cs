using Bert.MLNet.Tokenization;
using Microsoft.ML.Tokenizers;

namespace Bert.MLNet;

// The members that Microsoft.ML.Tokenizers requires of a tokenizer. Offsets always refer to the original text, so there is never a
// normalized text to return.
public sealed partial class BertTokenizer
{
    /// <summary>The normalizer, configured as in <see cref="Options"/>.</summary>
    public override Normalizer Normalizer { get; }

    /// <summary>The pre-tokenizer, which expects normalized text.</summary>
    public override PreTokenizer PreTokenizer { get; }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        ReadOnlySpan<char> span = text ?? textSpan;
        TokenBuffer tokens = Tokenize(span, settings, aligned: true);
        var result = new EncodedToken[Math.Min(tokens.Ids.Count, settings.MaxTokenCount)];
        for (int i = 0; i < result.Length; i++)
        {
            int id = tokens.Ids.Span[i];
            string token = tokens.Surfaces?.GetValueOrDefault(i) ?? Vocabulary[id]!;
            (int start, int end) = (tokens.Starts.Span[i], tokens.Ends.Span[i]);
            (start, end) = _specification.Trimming?.Trim(token, start, end, i == 0, span) ?? (start, end);
            result[i] = new EncodedToken(id, token, start..end);
        }
        int consumed = Consumed(tokens, result.Length, span.Length);
        tokens.Dispose();
        return new EncodeResults<EncodedToken> { Tokens = result, CharsConsumed = consumed };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        ReadOnlySpan<char> span = text ?? textSpan;
        TokenBuffer tokens = Tokenize(span, settings, aligned: settings.MaxTokenCount != int.MaxValue);
        int[] ids = tokens.Ids.Span[..Math.Min(tokens.Ids.Count, settings.MaxTokenCount)].ToArray();
        int consumed = Consumed(tokens, ids.Length, span.Length);
        tokens.Dispose();
        return new EncodeResults<int> { Tokens = ids, CharsConsumed = consumed };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        TokenBuffer tokens = Tokenize(text ?? textSpan, settings, aligned: false);
        int count = Math.Min(tokens.Ids.Count, settings.MaxTokenCount);
        tokens.Dispose();
        return count;
    }

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        ReadOnlySpan<char> span = text ?? textSpan;
        int maximum = settings.MaxTokenCount;
        if (maximum < 1)
            throw new ArgumentOutOfRangeException(
                nameof(settings), $"{nameof(settings.MaxTokenCount)} is {maximum}; it must be at least 1.");
        if (fromEnd)
            settings.MaxTokenCount = int.MaxValue;
        TokenBuffer tokens = Tokenize(span, settings, aligned: true);
        normalizedText = null;
        tokenCount = Math.Min(tokens.Ids.Count, maximum);
        bool all = tokenCount == tokens.Ids.Count;
        int index = fromEnd
            ? all ? 0 : tokens.Starts.Span[^tokenCount]
            : all ? span.Length : tokens.Ends.Span[tokenCount - 1];
        tokens.Dispose();
        return index;
    }

    private TokenBuffer Tokenize(ReadOnlySpan<char> text, EncodeSettings settings, bool aligned)
    {
        // One token more than requested shows whether the text continues.
        if (settings.ConsiderNormalization && settings.ConsiderPreTokenization)
            return Tokenize(text, settings.MaxTokenCount == int.MaxValue ? int.MaxValue : settings.MaxTokenCount + 1, aligned);
        var tokens = new TokenBuffer(text.Length / 3 + 16, aligned);
        _text.TokenizePlain(text, settings.ConsiderNormalization, settings.ConsiderPreTokenization, ref tokens);
        return tokens;
    }

    private static int Consumed(in TokenBuffer tokens, int count, int length) =>
        count == tokens.Ids.Count ? length : count == 0 ? 0 : tokens.Ends.Span[count - 1];
}
