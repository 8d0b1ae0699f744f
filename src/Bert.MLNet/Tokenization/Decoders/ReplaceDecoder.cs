namespace Bert.MLNet.Tokenization;

/// <summary>Replaces a string within each part.</summary>
internal sealed class ReplaceDecoder(string pattern, string content) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
            tokens[i] = tokens[i].Replace(pattern, content, StringComparison.Ordinal);
    }
}
