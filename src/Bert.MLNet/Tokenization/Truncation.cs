namespace Bert.MLNet.Tokenization;

/// <summary>
/// Cuts texts of too many tokens: how many each keeps, and the windows that show all of it. Follows <c>truncation.rs</c> and
/// <c>Encoding::truncate</c> of HuggingFace's tokenizers (0.22).
/// </summary>
internal static class Truncation
{
    /// <summary>How many tokens each text keeps so that both fit the budget.</summary>
    /// <exception cref="ArgumentException">The text that may be cut is too short for it, or there is none.</exception>
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
                "Truncation of the second text only was asked for, but the row has no second text. Give one, or choose " +
                "BertTruncation.LongestFirst.");
        int kept = budget - (cutsFirst ? second : first);
        if (kept <= 0)
        {
            throw new ArgumentException(
                $"The {(cutsFirst ? "second" : "first")} text alone fills the row, so that cutting the other is not enough. Raise " +
                "MaxLength, or choose BertTruncation.LongestFirst.");
        }
        return cutsFirst ? (kept, second) : (first, kept);
    }

    /// <summary>The windows over a text: the first is what remains of it, the others overflow.</summary>
    /// <exception cref="ArgumentException">The stride is not smaller than a window.</exception>
    public static List<Range> Cut(int count, int keep, int stride, BertTruncationSide side)
    {
        if (keep >= count)
            return [0..count];
        if (keep == 0)
            return [0..0, 0..count];
        if (stride >= keep)
            throw new ArgumentException(
                $"A stride of {stride} needs windows of more tokens of the text than the {keep} that MaxLength leaves. Raise MaxLength " +
                "or lower Stride.");

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
