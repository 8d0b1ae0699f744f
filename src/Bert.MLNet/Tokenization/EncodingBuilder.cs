namespace Bert.MLNet.Tokenization;

/// <summary>Builds one row of tokens.</summary>
internal sealed class EncodingBuilder(BertVocabulary vocabulary, int capacity)
{
    public int Count => _ids.Count;

    private readonly List<int> _ids = new(capacity), _typeIds = new(capacity);
    private readonly List<int> _attentionMask = new(capacity), _specialTokensMask = new(capacity);
    private readonly List<string> _tokens = new(capacity);
    private readonly List<(int, int)> _offsets = new(capacity);
    private readonly List<int?> _wordIds = new(capacity), _sequenceIds = new(capacity);

    public void AddSpecial(int id, int typeId) =>
        Add(id, typeId, attention: 1, special: 1, vocabulary[id]!, (0, 0), word: null, sequence: null);

    /// <summary>Appends a window of the tokens of a text.</summary>
    /// <param name="tokens">The tokens of the text.</param>
    /// <param name="window">The range of tokens to append.</param>
    /// <param name="sequence">0 for the first text of the row, 1 for the second.</param>
    /// <param name="typeId">The type id of the tokens.</param>
    /// <param name="text">The text.</param>
    /// <param name="trimming">How offsets are trimmed; null for no trimming.</param>
    public void AddText(in TokenBuffer tokens, Range window, int sequence, int typeId, ReadOnlySpan<char> text, OffsetTrimming? trimming)
    {
        (int from, int count) = window.GetOffsetAndLength(tokens.Ids.Count);
        for (int i = from; i < from + count; i++)
        {
            int id = tokens.Ids.Span[i];
            string token = tokens.Surfaces?.GetValueOrDefault(i) ?? vocabulary[id]!;
            (int Start, int End) offsets = (tokens.Starts.Span[i], tokens.Ends.Span[i]);
            offsets = trimming?.Trim(token, offsets.Start, offsets.End, i == from, text) ?? offsets;
            Add(id, typeId, attention: 1, special: 0, token, offsets, tokens.Words.Span[i], sequence);
        }
    }

    /// <param name="overflowing">The remaining windows.</param>
    /// <param name="secondStart">The index of the first token of the second text; null if there is none.</param>
    /// <param name="secondType">The type that the model assigns to the tokens of the second text.</param>
    public BertEncoding Build(IReadOnlyList<BertEncoding> overflowing, int? secondStart, int secondType) =>
        new(_ids, _typeIds, _attentionMask, _specialTokensMask, _tokens, _offsets, _wordIds, _sequenceIds, overflowing)
        {
            SecondStart = secondStart ?? _ids.Count,
            TypeStart = secondType == 0 ? _ids.Count : secondStart ?? _ids.Count,
        };

    /// <summary>Pads an encoding and its overflowing windows to a length; 0 for no padding.</summary>
    public static BertEncoding Pad(BertEncoding encoding, int length, BertPaddingSide side, int padId, string padToken)
    {
        if (length == 0)
            return encoding;
        BertEncoding[] overflowing = [.. encoding.Overflowing.Select(window => Pad(window, length, side, padId, padToken))];
        int missing = Math.Max(0, length - encoding.Length);
        return new BertEncoding(
            Fill(encoding.Ids, padId), Fill(encoding.TypeIds, 0), Fill(encoding.AttentionMask, 0), Fill(encoding.SpecialTokensMask, 1),
            Fill(encoding.Tokens, padToken), Fill(encoding.Offsets, (0, 0)), Fill(encoding.WordIds, null), Fill(encoding.SequenceIds, null),
            overflowing)
        {
            SecondStart = Moved(encoding.SecondStart),
            TypeStart = Moved(encoding.TypeStart),
        };

        int Moved(int place) => side == BertPaddingSide.Left ? place + missing : place == encoding.Length ? place + missing : place;

        T[] Fill<T>(IReadOnlyList<T> row, T item)
        {
            IEnumerable<T> padding = Enumerable.Repeat(item, missing);
            return side == BertPaddingSide.Right ? [.. row, .. padding] : [.. padding, .. row];
        }
    }

    private void Add(int id, int typeId, int attention, int special, string token, (int, int) offsets, int? word, int? sequence)
    {
        _ids.Add(id);
        _typeIds.Add(typeId);
        _attentionMask.Add(attention);
        _specialTokensMask.Add(special);
        _tokens.Add(token);
        _offsets.Add(offsets);
        _wordIds.Add(word);
        _sequenceIds.Add(sequence);
    }
}
