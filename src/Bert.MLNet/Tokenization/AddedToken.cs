namespace Bert.MLNet.Tokenization;

/// <summary>
/// A token that is looked for in the text before it is cut into words, as in <c>added_tokens</c> of a <c>tokenizer.json</c>.
/// </summary>
/// <param name="Content">The text looked for.</param>
/// <param name="Id">Its id; -1 before it has one.</param>
internal sealed record AddedToken(string Content, int Id = -1)
{
    /// <summary>Whether it is a special token, which <c>Decode</c> may leave out and <c>split_special_tokens</c> ignores.</summary>
    public bool Special { get; init; }

    /// <summary>Whether it is looked for, normalised, in the normalised text; else as it is in the text as it is.</summary>
    public bool Normalized { get; init; }

    /// <summary>Whether it counts only where no letter or digit touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space to its left with it.</summary>
    public bool LStrip { get; init; }

    /// <summary>Whether it takes the white space to its right with it.</summary>
    public bool RStrip { get; init; }
}
