namespace Bert.MLNet.Tokenization;

/// <summary>Splits words into tokens: the <c>model</c> of a tokenizer. Immutable and thread-safe; creates no garbage.</summary>
internal abstract class TokenModel
{
    /// <summary>The name of the algorithm, for users.</summary>
    public abstract string Kind { get; }

    /// <summary>Appends the tokens of the word at <paramref name="start"/> in <paramref name="text"/>, and ends the word.</summary>
    public abstract void Match(in NormalizedText text, int start, int length, ref TokenBuffer output);

    /// <summary>
    /// Reports the pieces that the model needs for a word. A model with these pieces and fewer others splits the word in the same way.
    /// </summary>
    /// <param name="word">A word, normalized.</param>
    /// <param name="use">Receives the id of each piece, as often as it is needed.</param>
    public virtual void Trace(string word, Action<int> use)
    {
        var text = new NormalizedText(word.Length, aligned: false);
        text.Assign(word, 0);
        var output = new TokenBuffer(word.Length, aligned: false);
        Match(text, 0, text.Length, ref output);
        foreach (int id in output.Ids.Span)
            use(id);
        output.Dispose();
        text.Dispose();
    }

    /// <summary>Returns whether a model needs a piece for texts in general, such as a character or a byte.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="id">Its id.</param>
    public virtual bool IsElementary(string piece, int id) => IsCharacter(piece);

    /// <summary>Returns whether a text is a single character.</summary>
    protected static bool IsCharacter(ReadOnlySpan<char> text) => text.Length == 1 || text.Length == 2 && char.IsHighSurrogate(text[0]);

    /// <summary>Returns whether a piece represents a byte of a character without a piece, such as <c>&lt;0x61&gt;</c>.</summary>
    protected static bool IsByte(string piece) => piece is ['<', '0', 'x', var high, var low, '>']
        && char.IsAsciiHexDigitUpper(high) && char.IsAsciiHexDigitUpper(low);

    /// <summary>Returns whether a token continues the word of the previous token.</summary>
    public abstract bool ContinuesWord(string token);

    /// <summary>
    /// Whether tokens that continue a word have a prefix, as in WordPiece. Default: false, for models whose tokens contain the space before
    /// a word.
    /// </summary>
    public virtual bool MarksContinuations => false;
}
