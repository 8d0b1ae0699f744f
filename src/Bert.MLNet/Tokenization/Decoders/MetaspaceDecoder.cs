namespace Bert.MLNet.Tokenization;

/// <summary>
/// Replaces each mark with a space. If a mark was prepended to the text, the marks of the first token are removed instead.
/// </summary>
internal sealed class MetaspaceDecoder(char mark, bool dropsFirst) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
            tokens[i] = i == 0 && dropsFirst
                ? tokens[i].Replace(mark.ToString(), "", StringComparison.Ordinal)
                : tokens[i].Replace(mark, ' ');
    }
}
