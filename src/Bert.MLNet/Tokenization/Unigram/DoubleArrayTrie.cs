using System.Runtime.CompilerServices;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Stores the pieces of a vocabulary as a double array over their UTF-16 units. One lookup per unit of a text finds all pieces that the
/// text starts with. Immutable and thread-safe.
/// </summary>
internal sealed class DoubleArrayTrie
{
    /// <param name="Base">The position to which the code of a unit is added to find the child node; can be negative.</param>
    /// <param name="Check">The parent of this node plus 1; 0 for a free position.</param>
    /// <param name="Value">The value of the piece that ends at this node plus 1; 0 if none does.</param>
    private readonly record struct Node(int Base, int Check, int Value);

    // After this many gaps that were too narrow, earlier gaps are used only for nodes with one child.
    private const int MaxTries = 32;

    private readonly ushort[] _codes = new ushort[0x10000]; // small for frequent units; 0 for a unit that is in no piece
    private Node[] _nodes = new Node[1 << 12];
    private int[] _nextGap = new int[1 << 12];              // for each gap, the next one
    private int _firstGap = 1, _firstWideGap = 1, _end = 1; // everything from _end on is free

    /// <param name="pieces">The distinct pieces and their values.</param>
    public DoubleArrayTrie(IEnumerable<(string Piece, int Value)> pieces)
    {
        (string Piece, int Value)[] sorted = [.. pieces.Where(piece => piece.Piece.Length > 0)];
        Array.Sort(sorted, (one, other) => string.CompareOrdinal(one.Piece, other.Piece));
        int[] counts = new int[0x10000];
        foreach ((string piece, _) in sorted)
        {
            foreach (char c in piece)
                counts[c]++;
        }
        ushort code = 0;
        foreach (int c in Enumerable.Range(0, counts.Length).Where(c => counts[c] > 0).OrderByDescending(c => counts[c]))
            _codes[c] = ++code;

        for (int i = 0; i < _nextGap.Length; i++)
            _nextGap[i] = i + 1;
        Build(sorted);
        _nextGap = [];
    }

    /// <summary>The number of nodes, including the gaps between them.</summary>
    public int Size => _nodes.Length;

    /// <summary>Moves from a node to its child for a unit. Returns false if the child does not exist.</summary>
    /// <param name="node">The node; 0 for the root. On success, the child.</param>
    /// <param name="unit">The next unit of the text.</param>
    /// <param name="value">The value of the piece that ends at the child; -1 if none does.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStep(ref int node, char unit, out int value)
    {
        value = -1;
        Node[] nodes = _nodes;
        // A unit that is in no piece has the code 0, which leads to no child.
        int next = nodes[node].Base + _codes[unit];
        if ((uint)next >= (uint)nodes.Length)
            return false;
        ref readonly Node found = ref nodes[next];
        if (found.Check != node + 1)
            return false;
        (node, value) = (next, found.Value - 1);
        return true;
    }

    /// <summary>Returns the value of the piece that equals the text; -1 if there is none.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        int node = 0, value = -1;
        foreach (char unit in text)
        {
            if (!TryStep(ref node, unit, out value))
                return -1;
        }
        return value;
    }

    private void Build((string Piece, int Value)[] sorted)
    {
        var open = new Queue<(int Node, int From, int To, int Depth)>();
        open.Enqueue((0, 0, sorted.Length, 0));
        var children = new List<(int Code, int From, int To)>();
        while (open.TryDequeue(out (int Node, int From, int To, int Depth) parent))
        {
            int from = parent.From;
            if (from < parent.To && sorted[from].Piece.Length == parent.Depth)
            {
                _nodes[parent.Node] = _nodes[parent.Node] with { Value = sorted[from].Value + 1 };
                from++;
            }
            children.Clear();
            while (from < parent.To)
            {
                int to = from + 1;
                while (to < parent.To && sorted[to].Piece[parent.Depth] == sorted[from].Piece[parent.Depth])
                    to++;
                children.Add((_codes[sorted[from].Piece[parent.Depth]], from, to));
                from = to;
            }
            if (children.Count == 0)
                continue;
            int place = FindPlace(children);
            _nodes[parent.Node] = _nodes[parent.Node] with { Base = place };
            foreach ((int code, int first, int last) in children)
            {
                _nodes[place + code] = new Node(0, parent.Node + 1, 0);
                _end = Math.Max(_end, place + code + 1);
                open.Enqueue((place + code, first, last, parent.Depth + 1));
            }
        }
        Array.Resize(ref _nodes, _end);
    }

    private int FindPlace(List<(int Code, int From, int To)> children)
    {
        int least = int.MaxValue, most = 0;
        foreach ((int code, _, _) in children)
            (least, most) = (Math.Min(least, code), Math.Max(most, code));
        Reserve(_end + most + 1);

        // A single child fits into any gap. Several children are placed where gaps are wide.
        ref int from = ref children.Count == 1 ? ref _firstGap : ref _firstWideGap;
        from = Gap(from);
        int gap = from;
        for (int tries = 0; gap < _end; tries++)
        {
            if (Fits(gap - least, most, children))
            {
                if (tries > MaxTries)
                    from = gap;
                return gap - least;
            }
            gap = _nextGap[gap] = Gap(_nextGap[gap]);
        }
        return _end - least;
    }

    // Returns the first gap at or after a position.
    private int Gap(int place)
    {
        while (place < _end && _nodes[place].Check != 0)
            place = _nextGap[place];
        return place;
    }

    private bool Fits(int place, int most, List<(int Code, int From, int To)> children)
    {
        Reserve(place + most + 1);
        foreach ((int code, _, _) in children)
        {
            if (_nodes[place + code].Check != 0)
                return false;
        }
        return true;
    }

    private void Reserve(int size)
    {
        int before = _nodes.Length;
        if (size <= before)
            return;
        Array.Resize(ref _nodes, Math.Max(size, before * 2));
        Array.Resize(ref _nextGap, _nodes.Length);
        for (int i = before; i < _nextGap.Length; i++)
            _nextGap[i] = i + 1;
    }
}
