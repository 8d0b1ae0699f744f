namespace Bert.MLNet.Tasks;

/// <summary>The windows of one text.</summary>
internal static class TextWindows
{
    private const int SpecialTokens = 2; // [CLS] and [SEP]

    /// <summary>How every task encodes a text of any length: in windows from its start to its end.</summary>
    /// <remarks>
    /// A tokenizer's own side of truncation says what a row loses. Windows lose nothing, and on the left side they would come last first.
    /// </remarks>
    /// <param name="maxLength">The longest window in tokens, special ones included.</param>
    /// <param name="stride">The tokens that a window repeats of the one before.</param>
    /// <param name="truncation">Which text is read in windows; of a single text either way the only one.</param>
    public static BertEncodeOptions Encoding(int maxLength, int stride, BertTruncation truncation = BertTruncation.LongestFirst) =>
        new() { MaxLength = maxLength, Stride = stride, Truncation = truncation, TruncationSide = BertTruncationSide.Right };

    /// <summary>The windows of a text that was encoded with the options of <see cref="Encoding"/>.</summary>
    public static TokenWindow<TKept>[] Of<TKept>(BertEncoding encoding)
        where TKept : class =>
        [new(encoding), .. encoding.Overflowing.Select(window => new TokenWindow<TKept>(window))];

    /// <summary>The tokens that a window repeats of the one before, when it is left to the task.</summary>
    public static int DefaultStride(int maxLength) => Math.Min(128, maxLength / 4);

    /// <summary>Checks the option of that name.</summary>
    /// <exception cref="ArgumentException">There is no room for it in a window.</exception>
    public static void CheckStride(int stride, int maxLength)
    {
        if (stride < 0 || stride >= maxLength - SpecialTokens)
            throw new ArgumentException($"Stride is {stride}; it must be from 0 to {maxLength - SpecialTokens - 1}, less than the tokens of a text that a window of {maxLength} has room for.");
    }

    /// <summary>
    /// The tokens of the text in their order, each from one window: of those that have it, the one that shows the most of the text on both
    /// its sides.
    /// </summary>
    public static IEnumerable<(TokenWindow<TKept> Window, int Token)> Tokens<TKept>(TokenWindow<TKept>[] windows, int stride)
        where TKept : class
    {
        int step = windows[0].Length - SpecialTokens - stride;
        int count = (windows.Length - 1) * step + windows[^1].Length - SpecialTokens;
        int window = 0;
        for (int token = 0; token < count; token++)
        {
            while (window + 1 < windows.Length && Margin(window + 1, token) > Margin(window, token))
                window++;
            yield return (windows[window], token - window * step + 1);
        }

        int Margin(int window, int token)
        {
            int place = token - window * step;
            return Math.Min(place, windows[window].Length - SpecialTokens - 1 - place);
        }
    }
}
