using System.Buffers;

namespace Bert.MLNet.Tokenization;

/// <summary>Splits text at white space, which is removed.</summary>
internal sealed class WhitespaceSplit : PreTokenizerStep
{
    private static readonly SearchValues<char> s_whitespace =
        SearchValues.Create([.. Enumerable.Range(0, 0x3001).Select(c => (char)c).Where(UnicodeTables.IsWhitespace)]);

    public static WhitespaceSplit Instance { get; } = new();

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        for (int start = from; start < to;)
        {
            int length = text.Characters.AsSpan(start, to - start).IndexOfAny(s_whitespace), end = length < 0 ? to : start + length;
            output.Text.Append(text, start, end - start);
            output.EndWord();
            start = end + 1;
        }
    }
}
