namespace Bert.MLNet.Tokenization;

/// <summary>Replaces the suffix of tokens at the end of a word with a space, or with nothing in the last token.</summary>
internal sealed class BpeDecoder(string suffix) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        for (int i = 0; suffix.Length > 0 && i < tokens.Count; i++)
            tokens[i] = tokens[i].Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal);
    }
}
