namespace Bert.MLNet.Tokenization;

/// <summary>Writes each byte of the UTF-8 form of text as a visible character; see <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteCharacters : NormalizerStep
{
    public static ByteCharacters Instance { get; } = new();

    // A space becomes another character, so that words are found differently afterwards.
    public override bool IsLocal => false;

    public override void Apply(ref NormalizedText text)
    {
        var result = new NormalizedText(text.Length + 16, text.Starts is not null) { Origin = text.Origin };
        ByteLevel.Write(text, 0, text.Length, ref result);
        text.Dispose();
        text = result;
    }
}
