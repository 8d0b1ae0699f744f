using System.Runtime.CompilerServices;

namespace Bert.MLNet.Tokenization;

/// <summary>A word and its tokens. Immutable.</summary>
internal sealed class CachedWord
{
    public const int MostTokens = 6;

    [InlineArray(MostTokens)]
    private struct Tokens
    {
        private (int Id, int Length) _first;
    }

    private readonly Tokens _tokens;
    private readonly int _count;

    /// <param name="key">The word.</param>
    /// <param name="tokens">The tokens, and the length of each in UTF-16 units.</param>
    public CachedWord(in WordKey key, ReadOnlySpan<(int Id, int Length)> tokens)
    {
        (Key, _count) = (key, tokens.Length);
        tokens.CopyTo(_tokens);
    }

    public WordKey Key { get; }

    /// <summary>Appends the tokens of this word, which starts at a position of a text.</summary>
    public void AddTo(in NormalizedText text, int start, ref TokenBuffer output)
    {
        ReadOnlySpan<(int Id, int Length)> tokens = _tokens;
        foreach ((int id, int length) in tokens[.._count])
        {
            output.Add(id, text.StartOf(start), text.EndOf(start + length - 1));
            start += length;
        }
    }
}
