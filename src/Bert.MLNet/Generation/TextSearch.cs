namespace Bert.MLNet.Generation;

/// <summary>The search for the texts of one source. It continues some texts at the same time, all of the same length.</summary>
internal abstract class TextSearch(BertGenerationOptions options, int end)
{
    /// <summary>The number of texts that are continued, the same for all searches of a batch after the same number of steps.</summary>
    public int Count { get; protected set; } = 1;

    /// <summary>Whether the search has ended.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>The texts that were found, the best first.</summary>
    public abstract IReadOnlyList<GeneratedSequence> Found { get; }

    protected BertGenerationOptions Options => options;

    /// <summary>The token that ends a text.</summary>
    protected int End => end;

    /// <summary>The last token of a text that is continued.</summary>
    public abstract int Token(int text);

    /// <summary>The text, among those before <see cref="Advance"/>, to which that token was added.</summary>
    public abstract int Parent(int text);

    /// <summary>Adds a token to each text.</summary>
    /// <param name="scores">The scores of the next token of each text, before softmax, which are overwritten.</param>
    public abstract void Advance(TextScores scores);
}

/// <summary>Returns the scores of the next token of a text.</summary>
/// <param name="text">The number of the text among those of its source.</param>
internal delegate Span<float> TextScores(int text);
