using System.Buffers;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// SentencePiece's Unigram model, which splits a word into the pieces with the highest sum of scores. Follows <c>Unigram</c> of
/// HuggingFace's tokenizers, including its order of additions and its choice among equal sums.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    // The difference between the lowest score of a piece and the score of a character without a piece.
    private const double UnknownPenalty = 10;

    // Words up to this length require no pooled memory.
    private const int Short = 128;

    private readonly DoubleArrayTrie _pieces;
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly int _lowest; // a piece with the lowest score
    private readonly int[]? _bytes; // the byte pieces, if words can fall back to them
    private readonly WordCache _cache = new();

    /// <param name="pieces">The pieces and their scores, indexed by id. If a piece occurs several times, the last one is used.</param>
    /// <param name="unknown">The id of characters without a piece.</param>
    /// <param name="byteFallback">Whether characters without a piece become byte pieces such as <c>&lt;0x61&gt;</c>, provided that the
    /// vocabulary contains all of them.</param>
    public UnigramModel(IReadOnlyList<(string Piece, double Score)> pieces, int unknown, bool byteFallback)
    {
        var ids = new Dictionary<string, int>(pieces.Count);
        for (int id = 0; id < pieces.Count; id++)
            ids[pieces[id].Piece] = id;
        _pieces = new DoubleArrayTrie(ids.Select(piece => (piece.Key, piece.Value)));
        _scores = [.. pieces.Select(piece => piece.Score)];
        _unknown = unknown;
        _unknownScore = _scores.Min() - UnknownPenalty;
        _lowest = Array.IndexOf(_scores, _scores.Min());
        if (byteFallback)
            _bytes = [.. Enumerable.Range(0, 256).Select(b => ids.GetValueOrDefault($"<0x{b:X2}>", -1))];
    }

    public override string Kind => "Unigram";

    // The score of a character without a piece depends on the lowest score.
    public override bool IsElementary(string piece, int id) =>
        id == _unknown || IsCharacter(piece) || id == _lowest || _bytes is not null && IsByte(piece);

    public override bool ContinuesWord(string token) => !token.StartsWith(MetaspaceJson.Mark);

    public override void Match(in NormalizedText text, int start, int length, ref TokenBuffer output)
    {
        if (WordKey.TryCreate(text.Characters, start, length, out WordKey key) && _cache.Find(key) is { } known)
        {
            known.AddTo(text, start, ref output);
        }
        else if (length <= Short)
        {
            int places = length + 1; // not more, because all of it is cleared
            Match(text, start, length, stackalloc double[places], stackalloc int[places], stackalloc int[places], key, ref output);
        }
        else
        {
            double[] scores = ArrayPool<double>.Shared.Rent(length + 1);
            int[] starts = ArrayPool<int>.Shared.Rent(length + 1), ids = ArrayPool<int>.Shared.Rent(length + 1);
            Match(text, start, length, scores, starts, ids, key, ref output);
            ArrayPool<double>.Shared.Return(scores);
            ArrayPool<int>.Shared.Return(starts);
            ArrayPool<int>.Shared.Return(ids);
        }
        output.EndWord();
    }

    private void Match(in NormalizedText text, int start, int length, Span<double> scores, Span<int> places, Span<int> ids,
        in WordKey key, ref TokenBuffer output)
    {
        ReadOnlySpan<char> word = text.Span.Slice(start, length);
        FindBest(word, scores, places, ids);
        // From the end back to the start. Afterwards, each start of a piece contains the end of that piece.
        for (int end = length; end > 0;)
        {
            int from = places[end];
            scores[from] = end;
            end = from;
        }
        Span<(int, int)> tokens = stackalloc (int, int)[CachedWord.MostTokens];
        int count = 0;
        for (int from = 0, end; from < length; from = end)
        {
            end = (int)scores[from];
            if (ids[end] != _unknown)
            {
                if (count < tokens.Length)
                    tokens[count] = (ids[end], end - from);
                count++;
                output.Add(ids[end], text.StartOf(start + from), text.EndOf(start + end - 1));
                continue;
            }
            while (end < length && ids[(int)scores[end]] == _unknown)
                end = (int)scores[end];
            count = int.MaxValue / 2; // not remembered, because unknown tokens have texts of their own
            AddUnknown(word[from..end], text.StartOf(start + from), text.EndOf(start + end - 1), ref output);
        }
        if (count <= tokens.Length && key.Length == length)
            _cache.Add(key, tokens[..count]);
    }

    // Finds the best split up to each position: its score, and the start and id of its last piece.
    private void FindBest(ReadOnlySpan<char> word, Span<double> scores, Span<int> places, Span<int> ids)
    {
        places[..(word.Length + 1)].Fill(-1);
        scores[0] = 0;
        for (int from = 0, units; from < word.Length; from += units)
        {
            units = char.IsHighSurrogate(word[from]) && from + 1 < word.Length ? 2 : 1;
            double before = scores[from];
            bool isKnown = false;
            int node = 0;
            for (int i = from; i < word.Length && _pieces.TryStep(ref node, word[i], out int piece); i++)
            {
                if (piece < 0)
                    continue;
                int end = i + 1;
                double score = _scores[piece] + before;
                if (places[end] < 0 || score > scores[end])
                    (scores[end], places[end], ids[end]) = (score, from, piece);
                isKnown |= end - from == units;
            }
            if (isKnown)
                continue;
            int next = from + units;
            double unknown = _unknownScore + before;
            if (places[next] < 0 || unknown > scores[next])
                (scores[next], places[next], ids[next]) = (unknown, from, _unknown);
        }
    }

    private void AddUnknown(ReadOnlySpan<char> surface, int start, int end, ref TokenBuffer output)
    {
        if (_pieces.Find(surface) is var piece and >= 0)
            output.Add(piece, start, end);
        else if (_bytes is null || !TryAddBytes(surface, start, end, ref output))
            output.Add(_unknown, surface, start, end);
    }

    private bool TryAddBytes(ReadOnlySpan<char> surface, int start, int end, ref TokenBuffer output)
    {
        int before = output.Ids.Count;
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in surface.EnumerateRunes())
        {
            foreach (byte value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (_bytes![value] < 0)
                {
                    output.Truncate(before);
                    return false;
                }
                output.Add(_bytes[value], start, end);
            }
        }
        return true;
    }
}
