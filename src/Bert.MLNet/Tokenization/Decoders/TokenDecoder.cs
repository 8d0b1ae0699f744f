namespace Bert.MLNet.Tokenization;

/// <summary>The <c>decoder</c> of a tokenizer, which converts tokens back to text. Immutable and thread-safe.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Converts tokens to the parts of a text, in place.</summary>
    public abstract void Decode(List<string> tokens);
}
