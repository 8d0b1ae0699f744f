using System.Text;
using Bert.MLNet.Tokenization;
using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>The steps of learning a Unigram model, compared with an enumeration of all splits of each word.</summary>
public sealed class UnigramEstimationTests
{
    // All are letters, and the last is a surrogate pair.
    private static readonly Gen<string> s_word = Gen.OneOf("a", "b", "c", "𝒳").Array[1, 7].Select(string.Concat);

    private static readonly Gen<Dictionary<string, long>> s_words = Gen.Select(s_word, Gen.Long[1, 5]).Array[1, 8].Select(
        words => words.GroupBy(word => word.Item1).ToDictionary(g => g.Key, g => g.Sum(word => word.Item2)));

    // Without the piece b, which is therefore unknown.
    private static readonly (string, double)[] s_pieces =
        [("a", -2), ("c", -3), ("𝒳", -3), ("ab", -1.5), ("bc", -2.6), ("aa", -3.9), ("abc", -2), ("a𝒳", -1), ("cab", -3.5), ("aabc", -5)];

    [Fact]
    public void Expected_counts_and_likelihood_are_those_of_all_splits() => s_words.Sample(words =>
    {
        var candidates = new UnigramCandidates(s_pieces);
        double[] expected = new double[s_pieces.Length];
        double logLikelihood = 0;
        foreach ((string word, long count) in words)
        {
            List<(List<int> Pieces, double Score)> splits = [.. Splits(word, candidates)];
            double all = splits.Sum(split => Math.Exp(split.Score));
            logLikelihood += count * Math.Log(all);
            foreach ((List<int> pieces, double score) in splits)
            {
                foreach (int piece in pieces.Where(piece => piece >= 0))
                    expected[piece] += count * Math.Exp(score) / all;
            }
        }
        (double[] counts, double likelihood) = Trainer(words).Expect(candidates);
        Assert.Equal(logLikelihood, likelihood, 1e-9);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], counts[i], 1e-9);
    }, iter: 200);

    [Fact]
    public void Best_split_has_the_highest_score_of_all_splits() => s_word.Sample(word =>
    {
        var candidates = new UnigramCandidates(s_pieces);
        var lattice = new UnigramLattice(candidates);
        lattice.Fill(word);
        var pieces = new List<int>();
        Assert.Equal(Splits(word, candidates).Max(split => split.Score), lattice.FindBest(pieces), 9);
        Assert.Contains(Splits(word, candidates), split => split.Pieces.AsEnumerable().Reverse().SequenceEqual(pieces));
    }, iter: 200);

    [Fact]
    public void Likelihood_rises_with_each_maximization() => s_words.Sample(words =>
    {
        UnigramTrainer trainer = Trainer(words);
        (string Piece, double Score)[] pieces = [.. s_pieces, ("b", -3)];
        double before = double.NegativeInfinity;
        for (int step = 0; step < 5; step++)
        {
            double sum = pieces.Sum(piece => Math.Exp(piece.Score));
            var candidates = new UnigramCandidates(pieces.Select(piece => (piece.Piece, piece.Score - Math.Log(sum))));
            (double[] counts, double likelihood) = trainer.Expect(candidates);
            Assert.True(likelihood >= before - 1e-9, $"{before} to {likelihood}");
            before = likelihood;
            pieces = [.. counts.Select((count, i) => (pieces[i].Piece, Math.Log(Math.Max(count, 1e-300))))];
        }
    }, iter: 100);

    [Fact]
    public void Rare_pieces_are_removed_and_others_get_the_difference_of_two_digammas()
    {
        var candidates = new UnigramCandidates([("a", -1), ("b", -1), ("c", -1)]);
        candidates.Estimate([3, 0.49, 7]);
        // digamma(n) is the sum of 1/k for k below n, minus Euler's constant, so the constant cancels out.
        double sum = Enumerable.Range(1, 9).Sum(k => 1.0 / k);
        Assert.Equal(1.5 - sum, candidates.Scores[0], 12);
        Assert.Equal(double.NegativeInfinity, candidates.Scores[1]);
        Assert.Equal(Enumerable.Range(1, 6).Sum(k => 1.0 / k) - sum, candidates.Scores[2], 12);
        Assert.Equal(2, candidates.Count);
        // Abramowitz and Stegun, 6.3.3: the digamma of one half.
        Assert.Equal(-0.577_215_664_901_532_86 - 2 * Math.Log(2), UnigramCandidates.Digamma(0.5), 12);
    }

    [Fact]
    public void Loss_of_a_piece_is_the_likelihood_lost_by_its_second_best_split() => s_words.Sample(words =>
    {
        var candidates = new UnigramCandidates(s_pieces);
        double[] frequencies = new double[s_pieces.Length + 1]; // the last is that of unknown characters
        foreach ((string word, long count) in words)
        {
            foreach (int piece in Best(word, candidates))
                frequencies[piece < 0 ? ^1 : piece] += count;
        }
        double sum = frequencies.Sum();
        double[] losses = Trainer(words).Losses(candidates);
        for (int piece = 0; piece < s_pieces.Length; piece++)
        {
            string text = s_pieces[piece].Item1;
            if (frequencies[piece] == 0 || text.EnumerateRunes().Count() == 1)
            {
                Assert.Equal(double.NegativeInfinity, losses[piece]);
                continue;
            }
            List<int> other = Splits(text, candidates).Where(split => split.Pieces is not [var only] || only != piece)
                .MaxBy(split => split.Score).Pieces;
            double newSum = sum + frequencies[piece] * (other.Count - 1);
            double loss = Math.Log(frequencies[piece] / sum)
                - other.Sum(part => Math.Log((frequencies[part < 0 ? ^1 : part] + frequencies[piece]) / newSum));
            Assert.Equal(frequencies[piece] / words.Values.Sum() * loss, losses[piece], 9);
        }
    }, iter: 200);

    [Fact]
    public void Pruning_keeps_characters_and_the_pieces_with_the_greatest_losses()
    {
        Dictionary<string, long> words = new() { ["ab"] = 9, ["abc"] = 4, ["a𝒳"] = 7, ["cab"] = 1 };
        var candidates = new UnigramCandidates(s_pieces);
        double[] losses = Trainer(words).Losses(candidates);
        UnigramCandidates kept = Trainer(words).Prune(candidates, 5);
        IEnumerable<string> greatest = Enumerable.Range(0, losses.Length).OrderByDescending(i => losses[i]).Take(2)
            .Select(i => s_pieces[i].Item1);
        Assert.Equal(["a", "c", "𝒳", .. greatest], kept.Pieces);
    }

    [Fact]
    public void Seeds_are_the_repeated_substrings_that_end_before_different_characters() => s_words.Sample(words =>
    {
        const int Longest = 4;
        Dictionary<string, long> expected = [];
        foreach (string text in words.Keys.SelectMany(word => Substrings(Runes(word), 2, Longest)).Distinct())
        {
            // What follows each occurrence: a character, or the end of a word, which differs from any other.
            var followers = words.SelectMany(word => Followers(Runes(word.Key), Runes(text)).SelectMany(
                next => Enumerable.Repeat(next ?? "end", (int)word.Value))).ToList();
            if (followers.Count(next => next == "end") + followers.Where(next => next != "end").Distinct().Count() >= 2)
                expected.Add(text, followers.Count * (long)Runes(text).Count);
        }
        HashSet<Rune> alphabet = [.. words.Keys.SelectMany(word => word.EnumerateRunes())];
        List<(string Piece, long Weight)> seeds = [.. SeedPieces.Find(new UnigramWords(words, alphabet), Longest, 1_000)];
        Assert.Equal(
            expected.OrderByDescending(seed => seed.Value).ThenBy(seed => seed.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value)),
            seeds);
    }, iter: 300);

    private static UnigramTrainer Trainer(Dictionary<string, long> words) => new(
        new UnigramWords(words, words.Keys.SelectMany(word => word.EnumerateRunes()).ToHashSet()),
        new ParallelOptions { MaxDegreeOfParallelism = 2 });

    private static IEnumerable<(List<int> Pieces, double Score)> Splits(string word, UnigramCandidates candidates)
    {
        if (word.Length == 0)
            yield return ([], 0);
        for (int length = 1; length <= word.Length; length++)
        {
            int piece = candidates.Pieces.ToList().IndexOf(word[..length]);
            bool isUnknown = piece < 0 && Runes(word)[0] == word[..length];
            if (piece < 0 && !isUnknown)
                continue;
            // The lowest score of a piece is -5, and 10 less is that of an unknown character.
            double score = isUnknown ? candidates.Scores.Min() - 10 : candidates.Scores[piece];
            foreach ((List<int> rest, double more) in Splits(word[length..], candidates))
                yield return ([piece, .. rest], score + more);
        }
    }

    private static List<int> Best(string word, UnigramCandidates candidates)
    {
        var lattice = new UnigramLattice(candidates);
        lattice.Fill(word);
        var pieces = new List<int>();
        lattice.FindBest(pieces);
        return pieces;
    }

    private static List<string> Runes(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    private static IEnumerable<string> Substrings(List<string> runes, int shortest, int longest) =>
        from start in Enumerable.Range(0, runes.Count)
        from length in Enumerable.Range(shortest, longest - shortest + 1)
        where start + length <= runes.Count
        select string.Concat(runes.Skip(start).Take(length));

    private static IEnumerable<string?> Followers(List<string> word, List<string> text) =>
        from start in Enumerable.Range(0, word.Count)
        where word.Skip(start).Take(text.Count).SequenceEqual(text)
        select word.ElementAtOrDefault(start + text.Count);
}
