namespace Bert.MLNet.Tokenization;

/// <summary>Splits words into tokens: the <c>model</c> of a tokenizer. Immutable and thread-safe; creates no garbage.</summary>
internal abstract class TokenModel
{
    /// <summary>The name of the algorithm, for users.</summary>
    public abstract string Kind { get; }

    /// <summary>Appends the tokens of the word at <paramref name="start"/> in <paramref name="text"/>, and ends the word.</summary>
    public abstract void Match(in NormalizedText text, int start, int length, ref TokenBuffer output);

    /// <summary>Returns whether a token continues the word of the previous token.</summary>
    public abstract bool ContinuesWord(string token);

    /// <summary>
    /// Whether tokens that continue a word have a prefix, as in WordPiece. Default: false, for models whose tokens contain the space before
    /// a word.
    /// </summary>
    public virtual bool MarksContinuations => false;
}
