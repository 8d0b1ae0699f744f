namespace Bert.MLNet.Tokenization;

/// <summary>Looks up pieces by their text, without allocations, in an open-addressing hash table. Immutable and thread-safe.</summary>
internal sealed class PieceTable
{
    /// <param name="Hash">The hash of the piece's text.</param>
    /// <param name="Number">The number of the piece, counted from 1; 0 in an empty slot.</param>
    /// <param name="Start">The start of its text.</param>
    /// <param name="Length">The length of its text.</param>
    private readonly record struct Slot(uint Hash, int Number, int Start, int Length);

    private readonly Slot[] _slots;
    private readonly char[] _characters;
    private readonly int[] _starts; // followed by the end of the last piece
    private readonly int[] _ids;

    /// <param name="pieces">The pieces and their ids; each piece occurs once.</param>
    public PieceTable(IReadOnlyCollection<KeyValuePair<string, int>> pieces)
    {
        _characters = new char[pieces.Sum(piece => piece.Key.Length)];
        _starts = new int[pieces.Count + 1];
        _ids = new int[pieces.Count];
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, pieces.Count * 2))];
        int number = 0;
        foreach ((string piece, int id) in pieces)
        {
            piece.CopyTo(_characters.AsSpan(_starts[number]));
            _ids[number] = id;
            _starts[number + 1] = _starts[number] + piece.Length;
            uint hash = Hash(piece), at = hash;
            while (_slots[at & (uint)(_slots.Length - 1)].Number != 0)
                at++;
            _slots[at & (uint)(_slots.Length - 1)] = new Slot(hash, number + 1, _starts[number], piece.Length);
            number++;
        }
    }

    public int Count => _ids.Length;

    /// <summary>Returns the number of a piece; -1 if the vocabulary does not contain it.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        uint hash = Hash(text);
        for (uint at = hash; ; at++)
        {
            ref readonly Slot slot = ref _slots[at & (uint)(_slots.Length - 1)];
            if (slot.Number == 0)
                return -1;
            if (slot.Hash == hash && slot.Length == text.Length && _characters.AsSpan(slot.Start, slot.Length).SequenceEqual(text))
                return slot.Number - 1;
        }
    }

    /// <summary>Returns the text of a piece.</summary>
    public ReadOnlySpan<char> Text(int number) => _characters.AsSpan(_starts[number].._starts[number + 1]);

    /// <summary>Returns the id of a piece.</summary>
    public int Id(int number) => _ids[number];

    /// <summary>Returns the id of the piece with this text; -1 if there is none.</summary>
    public int IdOf(ReadOnlySpan<char> text) => Find(text) is var number and >= 0 ? _ids[number] : -1;

    private static uint Hash(ReadOnlySpan<char> text)
    {
        uint hash = 0x9E37_79B9;
        foreach (char c in text)
            hash = (hash ^ c) * 0x0100_0193;
        return (hash ^ hash >> 15) * 0x2C1B_3C6D >> 3;
    }
}
