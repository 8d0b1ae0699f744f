using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Learns WordPieces from counted words, like <c>WordPieceTrainer</c> of HuggingFace's tokenizers: by byte-pair encoding in which pieces
/// that continue a word have a prefix. See <see cref="BpeTrainer"/>.
/// </summary>
internal static class WordPieceTrainer
{
    private const string Prefix = "##";

    /// <summary>Returns the pieces in the order of their ids: special tokens, alphabet, continued alphabet, joined pieces.</summary>
    public static IReadOnlyList<string> Train(
        IReadOnlyDictionary<string, long> words, IEnumerable<string> specialTokens, int size, int minimumCount, int alphabetLimit,
        CancellationToken cancellationToken)
    {
        var trainer = new BpeTrainer(Prefix, int.MaxValue);
        foreach (string token in specialTokens)
            trainer.Add(token);
        AddAlphabet(trainer, words, alphabetLimit);
        if (trainer.Pieces.Count > size)
        {
            throw new ArgumentException(
                $"A vocabulary of {size} tokens is too small for the special tokens and the {trainer.Pieces.Count} single characters of " +
                "this text. " +
                "Use a larger size or a smaller alphabet limit.", nameof(size));
        }
        trainer.Train(words, size, minimumCount, cancellationToken);
        return trainer.Pieces;
    }

    // Adds the most frequent characters: each as the start of a word and, if it occurs inside words, as a continuation.
    private static void AddAlphabet(BpeTrainer trainer, IReadOnlyDictionary<string, long> words, int limit)
    {
        var continuing = new HashSet<Rune>();
        foreach (string word in words.Keys)
        {
            foreach (Rune rune in word.EnumerateRunes().Skip(1))
                continuing.Add(rune);
        }
        List<Rune> alphabet = [.. Alphabet.MostFrequent(words, limit).Select(c => c.Character).Order()];
        foreach (Rune rune in alphabet)
            trainer.Add(rune.ToString());
        foreach (Rune rune in alphabet.Where(continuing.Contains))
            trainer.Add(Prefix + rune);
    }
}
