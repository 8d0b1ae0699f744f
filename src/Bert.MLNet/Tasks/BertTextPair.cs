namespace Bert.MLNet;

/// <summary>Two texts that are read together. Immutable.</summary>
public sealed record BertTextPair
{
    /// <summary>Initializes a pair.</summary>
    /// <param name="text">The first text; the premise in natural language inference. It can be empty.</param>
    /// <param name="pair">The second text; the hypothesis in natural language inference. It can be empty.</param>
    public BertTextPair(string text, string pair)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(pair);
        (Text, Pair) = (text, pair);
    }

    /// <summary>The first text.</summary>
    public string Text { get; }

    /// <summary>The second text.</summary>
    public string Pair { get; }
}
