using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tasks;

/// <summary>As much of a text as fits the model at once, on its way to the answers of a task.</summary>
internal sealed class TokenWindow : IBatchItem
{
    public TokenWindow(BertEncoding encoding)
    {
        Encoding = encoding;
        Ids = [.. encoding.Ids];
        PairStart = Ids.Length - encoding.TypeIds.Count(type => type == 1);
    }

    public BertEncoding Encoding { get; }

    public int[] Ids { get; }

    /// <summary>Where the tokens of the second text begin.</summary>
    public int PairStart { get; }

    public int Length => Ids.Length;

    /// <summary>The tokens whose words are asked for; none in most tasks.</summary>
    public int[] MaskedTokens { get; init; } = [];

    /// <summary>What the task keeps of the encoder's outputs.</summary>
    public float[][] Outputs { get; set; } = [];

    /// <summary>The windows of a text that was encoded with <see cref="BertEncodeOptions.Stride"/>.</summary>
    public static TokenWindow[] Of(BertEncoding encoding) => [new(encoding), .. encoding.Overflowing.Select(window => new TokenWindow(window))];

    /// <summary>
    /// The tokens of one text in their order, each from one window: of those that have it, the one that shows the most of the text on
    /// both its sides.
    /// </summary>
    public static IEnumerable<(TokenWindow Window, int Token)> Tokens(TokenWindow[] windows, int stride)
    {
        const int Special = 2; // [CLS] and [SEP]
        int step = windows[0].Length - Special - stride;
        int count = (windows.Length - 1) * step + windows[^1].Length - Special;
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
            return Math.Min(place, windows[window].Length - Special - 1 - place);
        }
    }
}
