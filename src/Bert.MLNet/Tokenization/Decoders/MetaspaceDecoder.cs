namespace Bert.MLNet.Tokenization;

/// <summary>Reads a mark as a blank; those of the first token are dropped where a mark was put in front.</summary>
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
