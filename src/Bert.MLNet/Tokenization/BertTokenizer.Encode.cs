using System.Runtime.InteropServices;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    /// <summary>Encodes a text, or a pair of texts, as a row of tokens for the model.</summary>
    /// <param name="text">The text; null is treated as empty.</param>
    /// <param name="pair">The second text; null if there is none.</param>
    /// <param name="options">How the row is truncated and padded. Default: neither.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or the row is too long even if the text to truncate is
    /// removed.</exception>
    public BertEncoding Encode(string? text, string? pair = null, BertEncodeOptions? options = null)
    {
        options ??= BertEncodeOptions.Default;
        BertEncoding encoding = EncodeUnpadded(text, pair, options);
        return Pad(encoding, options, encoding.Length);
    }

    /// <summary>Encodes texts, or pairs of texts, as the rows of one batch.</summary>
    /// <remarks><see cref="BertPadding.Longest"/> refers to this batch.</remarks>
    /// <param name="texts">The texts; a null item is treated as empty.</param>
    /// <param name="pairs">The second texts, one per text, with null for rows without one; null if no row has a second text.</param>
    /// <param name="options">How rows are truncated and padded. Default: neither.</param>
    /// <exception cref="ArgumentException">The number of pairs differs from the number of texts, or <see cref="Encode"/> would throw
    /// this exception for a row.</exception>
    public IReadOnlyList<BertEncoding> EncodeBatch(
        IReadOnlyList<string?> texts, IReadOnlyList<string?>? pairs = null, BertEncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (pairs is not null && pairs.Count != texts.Count)
            throw new ArgumentException($"There are {texts.Count} texts but {pairs.Count} second texts. Pass one per text.", nameof(pairs));
        options ??= BertEncodeOptions.Default;
        BertEncoding[] rows = [.. texts.Select((text, i) => EncodeUnpadded(text, pairs?[i], options))];
        int longest = rows.Select(row => row.Length).DefaultIfEmpty().Max();
        return [.. rows.Select(row => Pad(row, options, longest))];
    }

    /// <summary>Appends a text's tokens, without <c>[CLS]</c> and <c>[SEP]</c>, to <paramref name="ids"/>; creates no garbage.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">The list that receives the ids.</param>
    /// <param name="needed">The number of tokens that matter. If the end of a text is cut off, tokenization can stop there.</param>
    internal void EncodeTo(ReadOnlySpan<char> text, List<int> ids, int needed = int.MaxValue)
    {
        bool cutsEnd = Options.TruncationSide == BertTruncationSide.Right;
        TokenBuffer tokens = Tokenize(text, cutsEnd ? needed : int.MaxValue, aligned: false);
        ids.AddRange(tokens.Ids.Span);
        tokens.Dispose();
    }

    /// <summary>
    /// Appends a row such as <c>[CLS] text [SEP]</c> or <c>[CLS] text [SEP] pair [SEP]</c> to <paramref name="row"/>; creates no garbage.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text.</param>
    /// <param name="hasPair">Whether there is a second text, even if it is empty.</param>
    /// <param name="maxLength">The maximum length of the row in tokens.</param>
    /// <param name="truncation">Which text is truncated if the row is longer.</param>
    /// <param name="row">The list that receives the ids.</param>
    /// <param name="pairStart">The index in the row of the first token of type 1; the row's length if there is none.</param>
    /// <returns>The row's length.</returns>
    internal int EncodeTo(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, bool hasPair, int maxLength, BertTruncation truncation,
        List<int> row, out int pairStart)
    {
        RowTemplate template = Row;
        int budget = truncation == BertTruncation.None ? int.MaxValue : Math.Max(0, maxLength - template.SpecialTokens(hasPair));
        bool cutsEnd = Options.TruncationSide == BertTruncationSide.Right;
        int limit = budget == int.MaxValue || !cutsEnd ? int.MaxValue : budget + 1; // enough to tell that a text is too long
        TokenBuffer first = Tokenize(text, limit, aligned: false);
        TokenBuffer second = hasPair ? Tokenize(pair, limit, aligned: false) : default;
        if (hasPair && cutsEnd && Math.Min(first.Ids.Count, second.Ids.Count) > budget && budget % 2 == 1)
        {
            // If both texts are too long and the budget is odd, the longer one keeps one token more: find out which one that is.
            first.Dispose();
            second.Dispose();
            first = Tokenize(text, int.MaxValue, aligned: false);
            second = Tokenize(pair, int.MaxValue, aligned: false);
        }
        try
        {
            return Join(first.Ids.Span, hasPair ? second.Ids.Span : default, hasPair, budget, truncation, row, out pairStart);
        }
        finally
        {
            first.Dispose();
            if (hasPair)
                second.Dispose();
        }
    }

    /// <summary>Appends a row of two texts whose tokens were encoded before to <paramref name="row"/>; creates no garbage.</summary>
    /// <param name="text">The first text's tokens, without special tokens.</param>
    /// <param name="pair">The second text's tokens, without special tokens.</param>
    /// <param name="maxLength">The maximum length of the row in tokens.</param>
    /// <param name="truncation">Which text is truncated if the row is longer.</param>
    /// <param name="row">The list that receives the ids.</param>
    /// <param name="pairStart">The index in the row of the first token of type 1; the row's length if there is none.</param>
    /// <exception cref="ArgumentException">The row is too long even without the text to truncate.</exception>
    internal void Join(ReadOnlySpan<int> text, ReadOnlySpan<int> pair, int maxLength, BertTruncation truncation, List<int> row,
        out int pairStart) =>
        Join(text, pair, hasPair: true, Math.Max(0, maxLength - Row.SpecialTokens(hasPair: true)), truncation, row, out pairStart);

    /// <summary>Appends a row of one text whose tokens were encoded before, however many, to <paramref name="row"/>.</summary>
    internal void EncodeTo(ReadOnlySpan<int> text, List<int> row) =>
        Join(text, default, hasPair: false, text.Length, BertTruncation.None, row, out _);

    private int Join(ReadOnlySpan<int> first, ReadOnlySpan<int> second, bool hasPair, int budget, BertTruncation truncation,
        List<int> row, out int pairStart)
    {
        RowTemplate template = Row;
        bool cutsEnd = Options.TruncationSide == BertTruncationSide.Right;
        (int keptFirst, int keptSecond) = Truncation.Keep(first.Length, second.Length, hasPair, budget, truncation);
        int firstEnd = template.Leading + keptFirst, secondStart = firstEnd + template.Trailing(hasPair);
        int length = secondStart + keptSecond + (hasPair && template.Ends ? 1 : 0);
        pairStart = template.SecondType == 0 ? length : secondStart;
        int start = row.Count;
        CollectionsMarshal.SetCount(row, start + length);
        Span<int> ids = CollectionsMarshal.AsSpan(row)[start..];
        if (template.Starts)
            ids[0] = ClsTokenId;
        (cutsEnd ? first[..keptFirst] : first[^keptFirst..]).CopyTo(ids[template.Leading..]);
        ids[firstEnd..secondStart].Fill(SepTokenId);
        if (hasPair)
        {
            (cutsEnd ? second[..keptSecond] : second[^keptSecond..]).CopyTo(ids[secondStart..]);
            ids[(secondStart + keptSecond)..].Fill(SepTokenId);
        }
        return length;
    }

    private TokenBuffer Tokenize(ReadOnlySpan<char> text, int limit, bool aligned)
    {
        var tokens = new TokenBuffer(Math.Min(text.Length, limit) / 3 + 16, aligned);
        _text.Tokenize(text, limit, ref tokens);
        return tokens;
    }

    private BertEncoding EncodeUnpadded(string? text, string? pair, BertEncodeOptions options)
    {
        bool hasPair = pair is not null;
        int budget = options.Budget(hasPair, Row);
        TokenBuffer first = Tokenize(text, int.MaxValue, aligned: true);
        TokenBuffer second = Tokenize(pair, int.MaxValue, aligned: true);
        try
        {
            (int keptFirst, int keptSecond) = Truncation.Keep(first.Ids.Count, second.Ids.Count, hasPair, budget, options.Truncation);
            BertTruncationSide side = options.TruncationSide ?? Options.TruncationSide;
            List<Range> firstWindows = Truncation.Cut(first.Ids.Count, keptFirst, options.Stride, side);
            List<Range> secondWindows = Truncation.Cut(second.Ids.Count, keptSecond, options.Stride, side);

            // HuggingFace's order: the later windows of the first text, each with all windows of the second text; then the first window of
            // the first text with the later windows of the second.
            var overflowing = new List<BertEncoding>();
            foreach (Range window in firstWindows.Skip(1))
                foreach (Range other in secondWindows)
                    overflowing.Add(Build(first, window, second, other, TypeOf(other), []));
            foreach (Range other in secondWindows.Skip(1))
                overflowing.Add(Build(first, firstWindows[0], second, other, TypeOf(other), []));
            return Build(first, firstWindows[0], second, secondWindows[0], Row.SecondType, overflowing);

            // Without special tokens, HuggingFace's tokenizers leave the type of later windows as 1 in all rows.
            int TypeOf(Range window) => window.Equals(secondWindows[0]) ? Row.SecondType : options.AddSpecialTokens ? Row.OverflowType : 1;
        }
        finally
        {
            first.Dispose();
            second.Dispose();
        }

        BertEncoding Build(in TokenBuffer first, Range window, in TokenBuffer second, Range other, int secondType,
            List<BertEncoding> overflowing)
        {
            var row = new EncodingBuilder(Vocabulary, first.Ids.Count + second.Ids.Count + Row.SpecialTokens(hasPair));
            if (options.AddSpecialTokens && Row.Starts)
                row.AddSpecial(ClsTokenId, typeId: 0);
            row.AddText(first, window, sequence: 0, typeId: 0, text, _specification.Trimming);
            for (int i = 0; options.AddSpecialTokens && i < Row.Trailing(hasPair); i++)
                row.AddSpecial(SepTokenId, typeId: 0);
            int secondStart = row.Count;
            if (hasPair)
            {
                row.AddText(second, other, sequence: 1, secondType, pair, _specification.Trimming);
                if (options.AddSpecialTokens && Row.Ends)
                    row.AddSpecial(SepTokenId, Row.SecondType);
            }
            return row.Build(overflowing, hasPair ? secondStart : null, Row.SecondType);
        }
    }

    private BertEncoding Pad(BertEncoding row, BertEncodeOptions options, int longest) =>
        EncodingBuilder.Pad(row, options.PaddedLength(longest), options.PaddingSide ?? Options.PaddingSide, PadTokenId, Options.PadToken);
}
