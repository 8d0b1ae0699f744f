namespace Bert.MLNet.Tokenization;

/// <summary>
/// A token that is searched for before the text is split into words, as in <c>added_tokens</c> of a <c>tokenizer.json</c>.
/// </summary>
/// <param name="Content">The text to search for.</param>
/// <param name="Id">The id of the token; -1 if none has been assigned yet.</param>
internal sealed record AddedToken(string Content, int Id = -1)
{
    /// <summary>Whether it is a special token, which <c>Decode</c> can omit and <c>split_special_tokens</c> ignores.</summary>
    public bool Special { get; init; }

    /// <summary>
    /// Whether its normalized form is searched for in the normalized text. If false, the original text is searched for the unchanged token.
    /// </summary>
    public bool Normalized { get; init; }

    /// <summary>Whether it matches only if it is not adjacent to a letter or digit.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether a match includes the whitespace to its left.</summary>
    public bool LStrip { get; init; }

    /// <summary>Whether a match includes the whitespace to its right.</summary>
    public bool RStrip { get; init; }
}
