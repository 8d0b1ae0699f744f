namespace Bert.MLNet.Tokenization;

/// <summary>The pieces of a Unigram model that is being learned, with the logarithms of their probabilities.</summary>
internal sealed class UnigramCandidates
{
    // The difference between the lowest score of a piece and the score of a character without a piece.
    private const double UnknownPenalty = 10;

    /// <param name="pieces">The distinct pieces and their scores.</param>
    public UnigramCandidates(IEnumerable<(string Piece, double Score)> pieces)
    {
        (string Piece, double Score)[] all = [.. pieces];
        Pieces = [.. all.Select(piece => piece.Piece)];
        Scores = [.. all.Select(piece => piece.Score)];
        Trie = new DoubleArrayTrie(Pieces.Select((piece, i) => (piece, i)));
        Count = all.Length;
    }

    public IReadOnlyList<string> Pieces { get; }

    /// <summary>The score of each piece; negative infinity if it has been removed.</summary>
    public double[] Scores { get; }

    /// <summary>The number of pieces that have not been removed.</summary>
    public int Count { get; private set; }

    /// <summary>Finds pieces by their text; their values are their indices.</summary>
    public DoubleArrayTrie Trie { get; }

    /// <summary>The lowest score of a piece.</summary>
    public double LowestScore => Scores.Where(score => score > double.NegativeInfinity).Min();

    /// <summary>The score of a character without a piece.</summary>
    public double UnknownScore => LowestScore - UnknownPenalty;

    /// <summary>Whether a piece consists of a single character.</summary>
    public bool IsCharacter(int piece) => Pieces[piece].Length == (char.IsHighSurrogate(Pieces[piece][0]) ? 2 : 1);

    /// <summary>
    /// Removes rare pieces and estimates the others. The digamma function in place of the logarithm is the variational Bayesian estimate
    /// with a sparse prior (Liang and Klein, 2007), as in SentencePiece.
    /// </summary>
    /// <param name="expected">How often each piece is expected to occur.</param>
    public void Estimate(IReadOnlyList<double> expected)
    {
        const double Least = 0.5;
        double least = Math.Min(Least, expected.Max()); // at least one piece is kept
        double sum = expected.Where(count => count >= least).Sum();
        Count = 0;
        for (int i = 0; i < Scores.Length; i++)
        {
            bool isKept = Scores[i] > double.NegativeInfinity && expected[i] >= least;
            Scores[i] = isKept ? Digamma(expected[i]) - Digamma(sum) : double.NegativeInfinity;
            Count += isKept ? 1 : 0;
        }
    }

    /// <summary>The derivative of the logarithm of the gamma function, for x above 0 (Abramowitz and Stegun, 6.3.5 and 6.3.18).</summary>
    internal static double Digamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++)
            shift += 1 / x;
        double square = 1 / (x * x);
        double series = square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132))));
        return Math.Log(x) - 0.5 / x - series - shift;
    }
}
