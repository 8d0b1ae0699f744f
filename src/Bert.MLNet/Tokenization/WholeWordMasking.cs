using System.Runtime.InteropServices;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Chooses which tokens a masked language model has to guess: whole words at random until the wanted share of tokens is reached. Of the
/// chosen tokens 80 % become [MASK], 10 % a random token, and 10 % stay as they are. Immutable and thread-safe.
/// </summary>
internal sealed class WholeWordMasking
{
    private readonly bool[] _continues; // by id: goes on with a word
    private readonly bool[] _special;   // by id: [CLS], [SEP] and the like, never chosen
    private readonly int[] _ordinary;   // ids a random replacement is drawn from
    private readonly int _maskTokenId;
    private readonly double _probability;

    /// <param name="tokenizer">What made the tokens.</param>
    /// <param name="mlmProbability">The share of tokens to choose.</param>
    /// <exception cref="ArgumentException">The tokenizer has no mask token.</exception>
    public WholeWordMasking(BertTokenizer tokenizer, double mlmProbability)
    {
        if (tokenizer.MaskTokenId < 0)
            throw new ArgumentException(
                $"The vocabulary has no '{tokenizer.Options.MaskToken}', which masked language modelling needs.", nameof(tokenizer));
        BertVocabulary vocabulary = tokenizer.Vocabulary;
        _continues = [.. Enumerable.Range(0, vocabulary.Size).Select(id => vocabulary[id] is { } token && tokenizer.ContinuesWord(token))];
        _special = new bool[vocabulary.Size];
        foreach (string token in tokenizer.Options.SpecialTokens)
            _special[vocabulary.Ids[token]] = true;
        _ordinary = [.. Enumerable.Range(0, vocabulary.Size).Where(id => !_special[id])];
        _maskTokenId = tokenizer.MaskTokenId;
        _probability = mlmProbability;
    }

    /// <summary>Masks one sequence in place.</summary>
    /// <param name="ids">Tokens of one sequence; the chosen ones are replaced.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="chosen">Receives position and original id of each chosen token, in ascending order of position.</param>
    public void Apply(Span<long> ids, Random random, List<(int Position, int Id)> chosen)
    {
        List<(int Start, int End)> words = Words(ids);
        int tokens = words.Sum(word => word.End - word.Start);
        // Rounded up or down by chance, so that the mean is right in short sequences too.
        int wanted = (int)(tokens * _probability + random.NextDouble());
        random.Shuffle(CollectionsMarshal.AsSpan(words));
        int first = chosen.Count;
        foreach (var (start, end) in words)
        {
            if (chosen.Count - first + (end - start) > wanted)
                continue;
            for (int i = start; i < end; i++)
            {
                chosen.Add((i, (int)ids[i]));
                ids[i] = Replacement(ids[i], random);
            }
        }
        chosen.Sort(first, chosen.Count - first, comparer: null);
    }

    private long Replacement(long id, Random random) => random.NextDouble() switch
    {
        < 0.8 => _maskTokenId,
        < 0.9 => _ordinary[random.Next(_ordinary.Length)],
        _ => id,
    };

    private List<(int Start, int End)> Words(ReadOnlySpan<long> ids)
    {
        var words = new List<(int Start, int End)>(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            if (_special[ids[i]])
                continue;
            if (_continues[ids[i]] && words.Count > 0 && words[^1].End == i)
                words[^1] = (words[^1].Start, i + 1);
            else
                words.Add((i, i + 1));
        }
        return words;
    }
}
