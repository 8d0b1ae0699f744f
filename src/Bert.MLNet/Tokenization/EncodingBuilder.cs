namespace Bert.MLNet.Tokenization;

/// <summary>Puts one row together.</summary>
internal sealed class EncodingBuilder(BertVocabulary vocabulary, int capacity)
{
    private readonly List<int> _ids = new(capacity), _typeIds = new(capacity), _attentionMask = new(capacity), _specialTokensMask = new(capacity);
    private readonly List<string> _tokens = new(capacity);
    private readonly List<(int, int)> _offsets = new(capacity);
    private readonly List<int?> _wordIds = new(capacity), _sequenceIds = new(capacity);

    public void AddSpecial(int id, int typeId) => Add(id, typeId, attention: 1, special: 1, vocabulary[id]!, (0, 0), word: null, sequence: null);

    public void AddText(in TokenBuffer tokens, Range window, int sequence)
    {
        (int from, int count) = window.GetOffsetAndLength(tokens.Ids.Count);
        for (int i = from; i < from + count; i++)
        {
            int id = tokens.Ids.Span[i];
            string token = tokens.Surfaces?.GetValueOrDefault(i) ?? vocabulary[id]!;
            Add(id, sequence, attention: 1, special: 0, token, (tokens.Starts.Span[i], tokens.Ends.Span[i]), tokens.Words.Span[i], sequence);
        }
    }

    public BertEncoding Build(IReadOnlyList<BertEncoding> overflowing) =>
        new(_ids, _typeIds, _attentionMask, _specialTokensMask, _tokens, _offsets, _wordIds, _sequenceIds, overflowing);

    /// <summary>An encoding, and with it its windows, filled up to a length.</summary>
    public static BertEncoding Pad(BertEncoding encoding, int length, BertPaddingSide side, int padId, string padToken)
    {
        if (length == 0)
            return encoding;
        BertEncoding[] overflowing = [.. encoding.Overflowing.Select(window => Pad(window, length, side, padId, padToken))];
        int missing = Math.Max(0, length - encoding.Length);
        return new BertEncoding(
            Fill(encoding.Ids, padId), Fill(encoding.TypeIds, 0), Fill(encoding.AttentionMask, 0), Fill(encoding.SpecialTokensMask, 1),
            Fill(encoding.Tokens, padToken), Fill(encoding.Offsets, (0, 0)), Fill(encoding.WordIds, null), Fill(encoding.SequenceIds, null), overflowing);

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
