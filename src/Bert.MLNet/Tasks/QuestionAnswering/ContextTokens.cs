namespace Bert.MLNet.Tasks;

/// <summary>The tokens of a context, numbered over all its windows.</summary>
internal sealed class ContextTokens
{
    private readonly int _step;

    /// <param name="encoding">The question and its context, windows included.</param>
    /// <param name="stride">Tokens that a window repeats of the one before.</param>
    public ContextTokens(BertEncoding encoding, int stride)
    {
        Windows = [encoding, .. encoding.Overflowing];
        ContextStart = encoding.SecondStart;
        _step = CountIn(0) - stride;
    }

    public BertEncoding[] Windows { get; }

    /// <summary>Where the context's tokens begin in every window.</summary>
    public int ContextStart { get; }

    /// <summary>The tokens that stand for a part of the context, or for some of it; null where there is none.</summary>
    /// <param name="start">Where the part begins, in UTF-16 units.</param>
    /// <param name="end">Where it ends.</param>
    public (int First, int Last)? Find(int start, int end)
    {
        (int First, int Last)? found = null;
        for (int window = 0; window < Windows.Length; window++)
        {
            for (int i = 0; i < CountIn(window); i++)
            {
                (int tokenStart, int tokenEnd) = Windows[window].Offsets[ContextStart + i];
                int token = window * _step + i;
                if (tokenStart < end && tokenEnd > start)
                    found = (Math.Min(found?.First ?? token, token), Math.Max(found?.Last ?? token, token));
            }
        }
        return found;
    }

    /// <summary>The same tokens as a window counts its own; null where it has not all of them.</summary>
    public (int First, int Last)? InWindow(int window, (int First, int Last) tokens)
    {
        int from = window * _step;
        return tokens.First >= from && tokens.Last < from + CountIn(window) ? (tokens.First - from + ContextStart, tokens.Last - from + ContextStart) : null;
    }

    // Behind the context stands [SEP].
    private int CountIn(int window) => Windows[window].Length - ContextStart - 1;
}
