namespace Bert.MLNet.Tokenization;

/// <summary>Removes a character from the start and end of each part, up to a given number of times.</summary>
internal sealed class StripDecoder(char content, int atStart, int atEnd) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            int start = 0, end = token.Length;
            while (start < Math.Min(atStart, token.Length) && token[start] == content)
                start++;
            while (token.Length - end < atEnd && end > start && token[end - 1] == content)
                end--;
            tokens[i] = token[start..end];
        }
    }
}
