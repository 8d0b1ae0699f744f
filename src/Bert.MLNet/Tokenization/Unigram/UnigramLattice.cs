namespace Bert.MLNet.Tokenization;

/// <summary>All ways to split one word into pieces. Can be filled again with other words. Not thread-safe.</summary>
internal sealed class UnigramLattice(UnigramCandidates candidates)
{
    /// <summary>Stands for a character without a piece.</summary>
    public const int Unknown = -1;

    /// <param name="From">The start of a piece in the word.</param>
    /// <param name="To">The end of the piece.</param>
    /// <param name="Piece">The index of the piece, or <see cref="Unknown"/>.</param>
    /// <param name="Score">The score of the piece.</param>
    private readonly record struct Edge(int From, int To, int Piece, double Score);

    private readonly double _unknownScore = candidates.UnknownScore;
    private readonly List<Edge> _edges = []; // by their starts
    private double[] _forward = [], _backward = [];
    private int[] _last = []; // the last piece of the best split up to each position
    private int _length;

    /// <summary>Finds all pieces in a word.</summary>
    public void Fill(ReadOnlySpan<char> word)
    {
        _edges.Clear();
        _length = word.Length;
        if (_forward.Length <= _length)
        {
            _forward = new double[2 * _length + 1];
            _backward = new double[2 * _length + 1];
            _last = new int[2 * _length + 1];
        }
        double[] scores = candidates.Scores;
        for (int from = 0, units; from < word.Length; from += units)
        {
            units = char.IsHighSurrogate(word[from]) && from + 1 < word.Length ? 2 : 1;
            bool isKnown = false;
            int node = 0;
            for (int i = from; i < word.Length && candidates.Trie.TryStep(ref node, word[i], out int piece); i++)
            {
                if (piece < 0 || double.IsNegativeInfinity(scores[piece]))
                    continue;
                _edges.Add(new Edge(from, i + 1, piece, scores[piece]));
                isKnown |= i + 1 - from == units;
            }
            if (!isKnown)
                _edges.Add(new Edge(from, from + units, Unknown, _unknownScore));
        }
    }

    /// <summary>
    /// Adds the expected number of occurrences of each piece, over all splits of the word by their probabilities, by the forward-backward
    /// algorithm.
    /// </summary>
    /// <param name="count">How often the word occurs.</param>
    /// <param name="expected">Receives the numbers of occurrences, by piece.</param>
    /// <returns>The logarithm of the word's probability, which is the sum over all splits.</returns>
    public double AddExpected(double count, double[] expected)
    {
        Span<double> forward = _forward.AsSpan(0, _length + 1), backward = _backward.AsSpan(0, _length + 1);
        forward.Fill(double.NegativeInfinity);
        backward.Fill(double.NegativeInfinity);
        (forward[0], backward[_length]) = (0, 0);
        foreach (Edge edge in _edges)
            forward[edge.To] = LogOfSum(forward[edge.To], forward[edge.From] + edge.Score);
        for (int i = _edges.Count - 1; i >= 0; i--)
        {
            Edge edge = _edges[i];
            backward[edge.From] = LogOfSum(backward[edge.From], backward[edge.To] + edge.Score);
        }
        double whole = forward[_length];
        foreach (Edge edge in _edges)
        {
            if (edge.Piece != Unknown)
                expected[edge.Piece] += count * Math.Exp(forward[edge.From] + edge.Score + backward[edge.To] - whole);
        }
        return whole;
    }

    /// <summary>Finds the split with the highest score, and of several the one whose last piece is longest.</summary>
    /// <param name="pieces">Receives the pieces from the last to the first.</param>
    /// <param name="exceptWhole">Whether the whole word may not be a piece.</param>
    /// <returns>The score.</returns>
    public double FindBest(List<int> pieces, bool exceptWhole = false)
    {
        Span<double> best = _forward.AsSpan(0, _length + 1);
        best.Fill(double.NegativeInfinity);
        best[0] = 0;
        for (int i = 0; i < _edges.Count; i++)
        {
            Edge edge = _edges[i];
            if (exceptWhole && edge.To - edge.From == _length)
                continue;
            if (best[edge.From] + edge.Score > best[edge.To])
                (best[edge.To], _last[edge.To]) = (best[edge.From] + edge.Score, i);
        }
        pieces.Clear();
        for (int end = _length; end > 0; end = _edges[_last[end]].From)
            pieces.Add(_edges[_last[end]].Piece);
        return best[_length];
    }

    private static double LogOfSum(double one, double other)
    {
        (double less, double more) = one < other ? (one, other) : (other, one);
        return double.IsNegativeInfinity(less) ? more : more + Math.Log(1 + Math.Exp(less - more));
    }
}
