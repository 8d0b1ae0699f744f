using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Converts each code point to lower case, independently of its neighbours.</summary>
internal sealed class Lowercase : NormalizerStep
{
    public static Lowercase Instance { get; } = new();

    public override void Apply(ref NormalizedText text)
    {
        Span<char> characters = text.Characters.AsSpan(0, text.Length);
        for (int i = 0; i < characters.Length; i++)
        {
            char c = characters[i];
            if (c >= 0x80)
            {
                LowerRest(ref text, i);
                return;
            }
            if (c is >= 'A' and <= 'Z')
                characters[i] = (char)(c | 0x20);
        }
    }

    private static void LowerRest(ref NormalizedText text, int from)
    {
        var result = new NormalizedText(text.Length + 16, text.Starts is not null) { Origin = text.Origin };
        result.Append(text, 0, from);
        for (int i = from; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.Span[i..], out Rune rune, out int units);
            if (!UnicodeTables.TryLowerCase(rune.Value, out int[]? lower))
                result.Append(text, i, units);
            else
                foreach (int c in lower)
                    result.AddCodePoint(c, text.StartOf(i), text.EndOf(i));
            i += units;
        }
        text.Dispose();
        text = result;
    }
}
