using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Removes all marks. It does not decompose characters: apply NFD or NFKD first.</summary>
internal sealed class StripAccents : NormalizerStep
{
    public static StripAccents Instance { get; } = new();

    public override void Apply(ref NormalizedText text)
    {
        int first = text.Span.IndexOfAnyExceptInRange('\0', '\u02FF');
        if (first < 0)
            return;
        int kept = first;
        for (int i = first; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.Span[i..], out Rune rune, out int units);
            for (int end = i + units; i < end; i++)
            {
                if (!CompatibilityTables.IsAccent(rune.Value))
                    text.Move(i, kept++);
            }
        }
        text.Length = kept;
    }
}
