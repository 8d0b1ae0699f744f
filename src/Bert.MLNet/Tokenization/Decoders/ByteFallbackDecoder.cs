using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Decodes runs of tokens such as <c>&lt;0x61&gt;</c> as UTF-8. If a run is not valid UTF-8, each of its bytes becomes U+FFFD.
/// </summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    public static ByteFallbackDecoder Instance { get; } = new();

    public override void Decode(List<string> tokens)
    {
        var decoded = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            if (TryReadByte(token, out byte value))
            {
                run.Add(value);
                continue;
            }
            EndRun();
            decoded.Add(token);
        }
        EndRun();
        tokens.Clear();
        tokens.AddRange(decoded);

        void EndRun()
        {
            byte[] bytes = [.. run];
            run.Clear();
            if (!Utf8.IsValid(bytes))
                decoded.AddRange(Enumerable.Repeat("\uFFFD", bytes.Length));
            else if (bytes.Length > 0)
                decoded.Add(Encoding.UTF8.GetString(bytes));
        }
    }

    private static bool TryReadByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
