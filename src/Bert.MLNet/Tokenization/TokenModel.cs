namespace Bert.MLNet.Tokenization;

/// <summary>The <c>model</c> of a tokenizer: what tokens a word becomes. Immutable and thread-safe; leaves no garbage.</summary>
internal abstract class TokenModel
{
    /// <summary>Adds the tokens of the word at <paramref name="start"/> of <paramref name="text"/>, and ends it.</summary>
    public abstract void Match(in NormalizedText text, int start, int length, ref TokenBuffer output);

    /// <summary>Whether a token goes on with the word of the one before it.</summary>
    public abstract bool ContinuesWord(string token);
}
