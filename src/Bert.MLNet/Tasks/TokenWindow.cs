using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tasks;

/// <summary>As much of a text as fits the model at once, on its way to the answers of a task.</summary>
/// <typeparam name="TKept">What the task keeps of the encoder's outputs.</typeparam>
internal sealed class TokenWindow<TKept> : IBatchItem
    where TKept : class
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
    public List<int> MaskedTokens { get; } = [];

    /// <summary>Set when the window has been computed.</summary>
    public TKept Kept { get; set; } = null!;
}
