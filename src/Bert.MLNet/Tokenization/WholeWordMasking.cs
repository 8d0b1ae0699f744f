using System.Runtime.InteropServices;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Selects the tokens that a masked language model has to predict. Whole words are selected at random until the requested share of tokens
/// is reached. Of the selected tokens, 80% become [MASK], 10% become a random token, and 10% stay unchanged. Immutable and thread-safe.
/// </summary>
internal sealed class WholeWordMasking
{
    private readonly bool[] _continues; // by id: continues a word
    private readonly bool[] _special;   // by id: [CLS], [SEP] and similar tokens, which are never selected
    private readonly int[] _ordinary;   // ids from which a random replacement is drawn
    private readonly int _maskTokenId;
    private readonly double _probability;

    /// <param name="tokenizer">The tokenizer that created the tokens.</param>
    /// <param name="mlmProbability">The share of tokens to select.</param>
    /// <exception cref="ArgumentException">The tokenizer has no mask token.</exception>
    public WholeWordMasking(BertTokenizer tokenizer, double mlmProbability)
    {
        if (tokenizer.MaskTokenId < 0)
            throw new ArgumentException(
                $"The vocabulary has no '{tokenizer.Options.MaskToken}', which masked language modeling requires. Use a tokenizer with a " +
                "mask token.", nameof(tokenizer));
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
    /// <param name="ids">The tokens of one sequence; selected tokens are replaced.</param>
    /// <param name="random">The source of randomness.</param>
    /// <param name="chosen">Receives the position and original id of each selected token, in ascending order of position.</param>
    public void Apply(Span<long> ids, Random random, List<(int Position, int Id)> chosen)
    {
        List<(int Start, int End)> words = Words(ids);
        int tokens = words.Sum(word => word.End - word.Start);
        // Rounded up or down at random, so that the mean is correct for short sequences too.
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
