using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Splits text into words with the same number of code points; the last one can be shorter.</summary>
/// <param name="length">The number of code points, at least 1.</param>
internal sealed class FixedLength(int length) : PreTokenizerStep
{
    // Where a word ends depends on the whole text before it.
    public override bool IsLocal => false;

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        ReadOnlySpan<char> span = text.Characters.AsSpan(0, to);
        for (int start = from, end = from; start < to; start = end)
        {
            for (int count = 0; count < length && end < to; count++)
            {
                Rune.DecodeFromUtf16(span[end..], out _, out int units);
                end += units;
            }
            output.Text.Append(text, start, end - start);
            output.EndWord();
        }
    }
}
