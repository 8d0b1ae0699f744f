namespace Bert.MLNet.Tokenization;

/// <summary>Maps pairs of adjacent tokens to their merged token and its rank. Immutable and thread-safe.</summary>
internal sealed class MergeTable
{
    /// <param name="Pair">The two ids.</param>
    /// <param name="Rank">The rank; lower ranks are merged first.</param>
    /// <param name="Result">The id of the merged token plus 1; 0 in an empty slot.</param>
    private readonly record struct Slot(ulong Pair, int Rank, int Result);

    private readonly Slot[] _slots;
    private readonly Action<int>? _observer;

    /// <param name="merges">Pairs and their merged tokens, ordered by rank. If a pair occurs several times, the last entry is used.</param>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Result)> merges)
    {
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Count * 2))];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (int left, int right, int result) = merges[rank];
            _slots[Place(Pair(left, right))] = new Slot(Pair(left, right), rank, result + 1);
        }
    }

    private MergeTable(Slot[] slots, Action<int> observer) => (_slots, _observer) = (slots, observer);

    /// <summary>Returns a table with the same merges that reports each merged token.</summary>
    public MergeTable Observed(Action<int> observer) => new(_slots, observer);

    /// <summary>Returns the rank of a pair; <see cref="int.MaxValue"/> if the pair is not merged.</summary>
    public int Rank(int left, int right) => _slots[Place(Pair(left, right))] is { Result: not 0 } slot ? slot.Rank : int.MaxValue;

    /// <summary>Returns the merged token of a pair that has a rank.</summary>
    public int Merge(int left, int right)
    {
        int merged = _slots[Place(Pair(left, right))].Result - 1;
        _observer?.Invoke(merged);
        return merged;
    }

    private int Place(ulong pair)
    {
        int mask = _slots.Length - 1;
        int at = (int)(pair * 0x9E37_79B9_7F4A_7C15 >> 33) & mask;
        while (_slots[at].Result != 0 && _slots[at].Pair != pair)
            at = (at + 1) & mask;
        return at;
    }

    private static ulong Pair(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
