namespace Bert.MLNet.Tokenization;

/// <summary>Decoders one after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<TokenDecoder> decoders) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        foreach (TokenDecoder decoder in decoders)
            decoder.Decode(tokens);
    }
}
