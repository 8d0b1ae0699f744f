using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Replaces each match of a pattern within each part.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : TokenDecoder
{
    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            var decoded = new StringBuilder();
            int scan = 0, last = -1, done = 0;
            while (pattern.Next(token, ref scan, ref last, out int start, out int end))
            {
                decoded.Append(token, done, start - done).Append(content);
                done = end;
            }
            tokens[i] = decoded.Append(token, done, token.Length - done).ToString();
        }
    }
}
