namespace Bert.MLNet.Tasks;

/// <summary>How much of a text a summary contains: a number of sentences, a share of them, or a number of tokens.</summary>
/// <param name="Sentences">The number of sentences, or null.</param>
/// <param name="Share">The share of sentences, or null.</param>
/// <param name="Tokens">The number of tokens, or null.</param>
internal readonly record struct SummaryLength(int? Sentences, float? Share, int? Tokens)
{
    public const int DefaultSentences = 3;

    /// <exception cref="ArgumentException">More than one is set, or one is out of range; the message names it.</exception>
    public void Check(string sentences, string share, string tokens)
    {
        if ((Sentences is null ? 0 : 1) + (Share is null ? 0 : 1) + (Tokens is null ? 0 : 1) > 1)
            throw new ArgumentException($"Set only one of {sentences}, {share} and {tokens}.");
        if (Sentences < 1)
            throw new ArgumentException($"{sentences} is {Sentences}; it must be at least 1.");
        if (Share is { } part && !(part > 0 && part <= 1))
            throw new ArgumentException($"{share} is {part}; it must be greater than 0 and at most 1.");
        if (Tokens < 1)
            throw new ArgumentException($"{tokens} is {Tokens}; it must be at least 1.");
    }

    /// <summary>Returns what decides for each sentence, best first, whether it is taken (true), passed over or the last (null).</summary>
    /// <param name="count">The number of sentences of the text.</param>
    /// <param name="tokensOf">Returns the number of tokens of a sentence.</param>
    public Func<int, bool?> Chooser(int count, Func<int, int> tokensOf)
    {
        if (Tokens is { } budget)
        {
            return sentence =>
            {
                int tokens = tokensOf(sentence);
                bool fits = tokens <= budget;
                budget -= fits ? tokens : 0;
                return fits;
            };
        }
        int left = Share is { } share ? (int)Math.Ceiling((double)share * count) : Sentences ?? DefaultSentences;
        return _ => left-- > 0 ? true : null;
    }
}
