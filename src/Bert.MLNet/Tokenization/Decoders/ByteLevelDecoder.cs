using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Decodes the characters of tokens as bytes; see <see cref="ByteAlphabet"/>. A token with other characters remains unchanged.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public static ByteLevelDecoder Instance { get; } = new();

    public override void Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            int before = bytes.Count;
            foreach (char c in token)
            {
                if (!ByteAlphabet.TryGetByte(c, out byte value))
                {
                    bytes.RemoveRange(before, bytes.Count - before);
                    bytes.AddRange(Encoding.UTF8.GetBytes(token));
                    break;
                }
                bytes.Add(value);
            }
        }
        tokens.Clear();
        tokens.Add(Encoding.UTF8.GetString([.. bytes]));
    }
}
