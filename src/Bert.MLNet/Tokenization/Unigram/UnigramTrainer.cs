using System.Numerics.Tensors;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Learns a Unigram model from counted words (Kudo, 2018, arXiv:1804.10959), as SentencePiece and HuggingFace's <c>UnigramTrainer</c> do.
/// Work is divided in the same way for any number of threads, and sums are added in the same order, so the result is deterministic.
/// </summary>
internal sealed class UnigramTrainer
{
    // Each range of words needs one number for each piece.
    private const int Ranges = 8;

    // The scores of characters that were too rare to be kept have this distance, so that no two are equal.
    private const double RareDistance = 0.0001;

    private readonly UnigramWords _words;
    private readonly int[] _ranges;
    private readonly ParallelOptions _parallel;

    /// <param name="words">The words to learn from.</param>
    /// <param name="parallel">The number of threads, and the token that stops training.</param>
    public UnigramTrainer(UnigramWords words, ParallelOptions parallel) =>
        (_words, _ranges, _parallel) = (words, words.Divide(Ranges), parallel);

    /// <summary>Returns the pieces and the logarithms of their probabilities, the most probable first.</summary>
    /// <param name="words">Words and how often they occur.</param>
    /// <param name="size">The number of pieces.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="cancellationToken">Stops training.</param>
    /// <exception cref="ArgumentException">There are more characters than pieces.</exception>
    public static IEnumerable<(string Piece, double Score)> Train(
        IReadOnlyDictionary<string, long> words, int size, BertUnigramTrainingOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<(Rune Character, long Count)> alphabet = Alphabet.MostFrequent(words, options.LimitAlphabet);
        if (alphabet.Count > size)
        {
            throw new ArgumentException(
                $"A vocabulary of {options.VocabSize} tokens is too small for the special tokens and the {alphabet.Count} characters of " +
                $"this text, which are {alphabet.Count + options.VocabSize - size} tokens. Use a larger vocabulary size or a smaller " +
                "alphabet limit.");
        }
        var parts = new UnigramWords(words, alphabet.Select(c => c.Character).ToHashSet());
        var trainer = new UnigramTrainer(
            parts, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken });
        int enough = Math.Max(size * 11 / 10, alphabet.Count); // after the last estimate, fewer are left
        UnigramCandidates candidates = Start(alphabet, SeedPieces.Find(
            parts, options.MaxPieceLength, Math.Max(0, options.SeedSize - alphabet.Count)));
        while (true)
        {
            for (int i = 0; i < options.NumSubIterations; i++)
                candidates.Estimate(trainer.Expect(candidates).Counts);
            if (candidates.Count <= enough)
                return Finish(candidates, alphabet, size);
            candidates = trainer.Prune(candidates, Math.Max(enough, (int)(candidates.Count * options.ShrinkingFactor)));
        }
    }

    private static UnigramCandidates Start(
        IReadOnlyList<(Rune Character, long Count)> alphabet, IEnumerable<(string Piece, long Weight)> seeds)
    {
        (string Piece, long Weight)[] all = [.. alphabet.Select(c => (c.Character.ToString(), c.Count)), .. seeds];
        double sum = Math.Log(all.Sum(piece => (double)piece.Weight));
        return new UnigramCandidates(all.Select(piece => (piece.Piece, Math.Log(piece.Weight) - sum)));
    }

    /// <summary>
    /// Returns the expected number of occurrences of each piece in all words, and the logarithm of the words' probability.
    /// </summary>
    public (double[] Counts, double LogLikelihood) Expect(UnigramCandidates candidates)
    {
        double[][] counts = new double[Ranges][];
        double[] likelihoods = new double[Ranges];
        Parallel.For(0, Ranges, _parallel, range =>
        {
            double[] expected = counts[range] = new double[candidates.Scores.Length];
            var lattice = new UnigramLattice(candidates);
            for (int word = _ranges[range]; word < _ranges[range + 1]; word++)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                lattice.Fill(_words[word]);
                likelihoods[range] += _words.CountOf(word) * lattice.AddExpected(_words.CountOf(word), expected);
            }
        });
        return (Sum(counts), likelihoods.Sum());
    }

    /// <summary>Keeps all characters, and the pieces whose removal would cost the most likelihood, in this order.</summary>
    public UnigramCandidates Prune(UnigramCandidates candidates, int size)
    {
        double[] losses = Losses(candidates);
        int[] pieces = [.. Enumerable.Range(0, losses.Length).Where(piece => candidates.Scores[piece] > double.NegativeInfinity)];
        int[] characters = [.. pieces.Where(candidates.IsCharacter)];
        IEnumerable<int> kept = pieces.Where(piece => losses[piece] > double.NegativeInfinity).OrderByDescending(piece => losses[piece]);
        return new UnigramCandidates(
            characters.Concat(kept.Take(size - characters.Length)).Select(piece => (candidates.Pieces[piece], candidates.Scores[piece])));
    }

    /// <summary>
    /// Returns how much likelihood is lost if a piece is removed and each of its occurrences becomes the second-best split of the piece;
    /// negative infinity for pieces without occurrences, and for single characters, which have no other split.
    /// </summary>
    public double[] Losses(UnigramCandidates candidates)
    {
        double[] frequencies = Frequencies(candidates); // followed by that of unknown characters
        double sum = frequencies.Sum(), total = _words.Total;
        double[] losses = new double[candidates.Scores.Length];
        Parallel.For(0, Ranges, _parallel, range =>
        {
            var lattice = new UnigramLattice(candidates);
            var alternative = new List<int>();
            int first = (int)((long)losses.Length * range / Ranges), last = (int)((long)losses.Length * (range + 1) / Ranges);
            for (int piece = first; piece < last; piece++)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                double frequency = frequencies[piece];
                losses[piece] = double.NegativeInfinity;
                if (frequency == 0 || candidates.IsCharacter(piece))
                    continue;
                lattice.Fill(candidates.Pieces[piece]);
                lattice.FindBest(alternative, exceptWhole: true);
                double sumWithout = sum + frequency * (alternative.Count - 1), without = 0;
                foreach (int part in alternative)
                    without += Math.Log((frequencies[part < 0 ? ^1 : part] + frequency) / sumWithout);
                losses[piece] = frequency / total * (Math.Log(frequency / sum) - without);
            }
        });
        return losses;
    }

    // How often each piece occurs in the best splits of all words.
    private double[] Frequencies(UnigramCandidates candidates)
    {
        double[][] counts = new double[Ranges][];
        Parallel.For(0, Ranges, _parallel, range =>
        {
            double[] occurrences = counts[range] = new double[candidates.Scores.Length + 1];
            var lattice = new UnigramLattice(candidates);
            var best = new List<int>();
            for (int word = _ranges[range]; word < _ranges[range + 1]; word++)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                lattice.Fill(_words[word]);
                lattice.FindBest(best);
                foreach (int piece in best)
                    occurrences[piece < 0 ? ^1 : piece] += _words.CountOf(word);
            }
        });
        return Sum(counts);
    }

    private static double[] Sum(double[][] counts)
    {
        double[] sum = counts[0];
        foreach (double[] more in counts.AsSpan(1))
            TensorPrimitives.Add(sum, more, sum);
        return sum;
    }

    private static IEnumerable<(string Piece, double Score)> Finish(
        UnigramCandidates candidates, IReadOnlyList<(Rune Character, long Count)> alphabet, int size)
    {
        var scores = new Dictionary<string, double>(size);
        Dictionary<string, double> known = Enumerable.Range(0, candidates.Scores.Length)
            .Where(piece => candidates.Scores[piece] > double.NegativeInfinity)
            .ToDictionary(piece => candidates.Pieces[piece], piece => candidates.Scores[piece]);
        double rare = candidates.LowestScore;
        foreach ((Rune character, _) in alphabet)
        {
            string piece = character.ToString();
            scores.Add(piece, known.Remove(piece, out double score) ? score : rare -= RareDistance);
        }
        foreach (string piece in candidates.Pieces.Where(known.ContainsKey).Take(size - scores.Count))
            scores.Add(piece, known[piece]);
        return scores.OrderByDescending(piece => piece.Value).ThenBy(piece => piece.Key, StringComparer.Ordinal)
            .Select(piece => (piece.Key, piece.Value));
    }
}
