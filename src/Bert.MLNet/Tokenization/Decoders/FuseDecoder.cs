namespace Bert.MLNet.Tokenization;

/// <summary>Joins all parts into one.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public static FuseDecoder Instance { get; } = new();

    public override void Decode(List<string> tokens)
    {
        string whole = string.Concat(tokens);
        tokens.Clear();
        tokens.Add(whole);
    }
}
