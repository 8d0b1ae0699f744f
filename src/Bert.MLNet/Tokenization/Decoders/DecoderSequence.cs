namespace Bert.MLNet.Tokenization;

/// <summary>Applies several decoders in order.</summary>
internal sealed class DecoderSequence(IReadOnlyList<TokenDecoder> decoders) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        foreach (TokenDecoder decoder in decoders)
            decoder.Decode(tokens);
    }
}
