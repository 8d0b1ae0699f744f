namespace Bert.MLNet.Tokenization;

/// <summary>
/// Truncates texts: computes how many tokens each text keeps, and the windows that cover all of it. Follows <c>truncation.rs</c> and
/// <c>Encoding::truncate</c> in HuggingFace's tokenizers (0.22).
/// </summary>
internal static class Truncation
{
    /// <summary>Returns how many tokens each text keeps so that both fit the budget.</summary>
    /// <exception cref="ArgumentException">The row exceeds the budget even without the truncated text, or that text is missing.</exception>
    public static (int First, int Second) Keep(int first, int second, bool hasPair, int budget, BertTruncation truncation)
    {
        if (truncation == BertTruncation.None || (long)first + second <= budget)
            return (first, second);
        if (budget == 0)
            return (0, 0);
        if (truncation == BertTruncation.LongestFirst)
            return hasPair ? KeepOfBoth(first, second, budget) : (budget, 0);

        bool cutsFirst = truncation == BertTruncation.OnlyFirst;
        if (!cutsFirst && !hasPair)
            throw new ArgumentException(
                "Truncation is set to the second text only, but the row has no second text. Pass one, or use " +
                "BertTruncation.LongestFirst.");
        int kept = budget - (cutsFirst ? second : first);
        if (kept <= 0)
        {
            throw new ArgumentException(
                $"The {(cutsFirst ? "second" : "first")} text alone fills the row, so truncating the other is not enough. Increase " +
                "MaxLength, or use BertTruncation.LongestFirst.");
        }
        return cutsFirst ? (kept, second) : (first, kept);
    }

    /// <summary>Returns the windows of a text. The first is the part to keep; the others overflow.</summary>
    /// <exception cref="ArgumentException">The stride is not smaller than a window.</exception>
    public static List<Range> Cut(int count, int keep, int stride, BertTruncationSide side)
    {
        if (keep >= count)
            return [0..count];
        if (keep == 0)
            return [0..0, 0..count];
        if (stride >= keep)
            throw new ArgumentException(
                $"A stride of {stride} requires windows of more than {stride} tokens, but MaxLength leaves {keep} for the text. Increase " +
                "MaxLength or reduce Stride.");

        var windows = new List<Range>();
        for (int done = 0; ; done += keep - stride)
        {
            int reached = Math.Min(done + keep, count);
            windows.Add(side == BertTruncationSide.Right ? done..reached : (count - reached)..(count - done));
            if (reached == count)
                return windows;
        }
    }

    private static (int First, int Second) KeepOfBoth(int first, int second, int budget)
    {
        bool swapped = first > second;
        int shorter = Math.Min(first, second);
        int longer = shorter > budget ? shorter : Math.Max(shorter, budget - shorter);
        if ((long)shorter + longer > budget)
        {
            shorter = budget / 2;
            longer = shorter + budget % 2;
        }
        return swapped ? (longer, shorter) : (shorter, longer);
    }
}
