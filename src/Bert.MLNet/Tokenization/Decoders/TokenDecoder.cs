namespace Bert.MLNet.Tokenization;

/// <summary>The <c>decoder</c> of a tokenizer: how tokens become text again. Immutable and thread-safe.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Turns tokens into the parts of a text, in place.</summary>
    public abstract void Decode(List<string> tokens);
}
