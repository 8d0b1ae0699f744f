namespace Bert.MLNet.Tasks;

/// <summary>The windows of one text.</summary>
internal static class TextWindows
{
    private const int SpecialTokens = 2; // [CLS] and [SEP]

    /// <summary>Returns the options with which every task encodes a text of any length: in windows from start to end.</summary>
    /// <remarks>
    /// A tokenizer's own side of truncation determines which part of a row is lost. Windows lose nothing, and on the left side they
    /// would come in reverse order.
    /// </remarks>
    /// <param name="maxLength">The maximum length of a window in tokens, special tokens included.</param>
    /// <param name="stride">The number of tokens that a window repeats from the previous one.</param>
    /// <param name="truncation">The text that is read in windows. For a single text, the value makes no difference.</param>
    public static BertEncodeOptions Encoding(int maxLength, int stride, BertTruncation truncation = BertTruncation.LongestFirst) =>
        new() { MaxLength = maxLength, Stride = stride, Truncation = truncation, TruncationSide = BertTruncationSide.Right };

    /// <summary>Returns the windows of a text that was encoded with the options of <see cref="Encoding"/>.</summary>
    public static TokenWindow<TKept>[] Of<TKept>(BertEncoding encoding)
        where TKept : class =>
        [new(encoding), .. encoding.Overflowing.Select(window => new TokenWindow<TKept>(window))];

    /// <summary>Returns the number of tokens that a window repeats from the previous one by default.</summary>
    public static int DefaultStride(int maxLength) => Math.Min(128, maxLength / 4);

    /// <summary>Checks the value of a stride option.</summary>
    /// <exception cref="ArgumentException">The stride does not fit a window.</exception>
    public static void CheckStride(int stride, int maxLength)
    {
        if (stride < 0 || stride >= maxLength - SpecialTokens)
            throw new ArgumentException(
                $"Stride is {stride}; it must be from 0 to {maxLength - SpecialTokens - 1}, " +
                $"less than the number of text tokens in a window of {maxLength}.");
    }

    /// <summary>
    /// Returns the tokens of the text in order. Each is taken from the window that contains the most text on both sides of it.
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
