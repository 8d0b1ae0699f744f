using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Finds single code points of a set.</summary>
internal sealed class CodePointPattern(CodePointSet set) : TextPattern
{
    private readonly CodePointTable _table = new(set.Ranges.Select(range => (range.First, range.Last, (byte)1)));

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start = end)
        {
            Rune.DecodeFromUtf16(text[start..], out Rune rune, out int units);
            end = start + units;
            if (_table[rune.Value] != 0)
                return true;
        }
        end = start;
        return false;
    }
}
