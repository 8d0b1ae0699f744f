namespace Bert.MLNet.Tasks;

/// <summary>The tokens of a context, numbered over all its windows.</summary>
internal sealed class ContextTokens
{
    private readonly int _step;

    /// <param name="encoding">The encoded question and context, including all windows.</param>
    /// <param name="stride">The number of tokens that a window repeats from the previous one.</param>
    public ContextTokens(BertEncoding encoding, int stride)
    {
        Windows = [encoding, .. encoding.Overflowing];
        ContextStart = encoding.SecondStart;
        _step = CountIn(0) - stride;
    }

    public BertEncoding[] Windows { get; }

    /// <summary>The index of the context's first token in every window.</summary>
    public int ContextStart { get; }

    /// <summary>Finds the tokens that overlap a part of the context. Returns null if there are none.</summary>
    /// <param name="start">The start of the part, in UTF-16 code units.</param>
    /// <param name="end">The end of the part.</param>
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

    /// <summary>Converts token numbers to those of a window. Returns null if the window does not contain all of the tokens.</summary>
    public (int First, int Last)? InWindow(int window, (int First, int Last) tokens)
    {
        int from = window * _step;
        return tokens.First >= from && tokens.Last < from + CountIn(window)
            ? (tokens.First - from + ContextStart, tokens.Last - from + ContextStart)
            : null;
    }

    // The context is followed by [SEP].
    private int CountIn(int window) => Windows[window].Length - ContextStart - 1;
}
