namespace Bert.MLNet.Tokenization;

/// <summary>
/// Stores a byte for each code point. Most pages of 256 code points are identical (all letters, all private use), so each distinct page is
/// stored once.
/// </summary>
internal sealed class CodePointTable
{
    private const int CodePoints = 0x110000, PageLength = 256;

    private readonly ushort[] _pages = new ushort[CodePoints / PageLength];
    private readonly byte[] _values;

    /// <param name="ranges">The first and last code point of each range, and their value. All other code points have the value 0.</param>
    public CodePointTable(IEnumerable<(int First, int Last, byte Value)> ranges)
    {
        var pages = new byte[]?[_pages.Length];
        foreach ((int first, int last, byte value) in ranges)
        {
            for (int c = first; c <= last; c++)
                (pages[c >> 8] ??= new byte[PageLength])[c & 0xFF] |= value;
        }

        var distinct = new List<byte[]>();
        byte[] empty = new byte[PageLength];
        for (int page = 0; page < pages.Length; page++)
        {
            byte[] content = pages[page] ?? empty;
            int known = distinct.FindIndex(other => other.AsSpan().SequenceEqual(content));
            if (known < 0)
            {
                known = distinct.Count;
                distinct.Add(content);
            }
            _pages[page] = (ushort)known;
        }
        _values = [.. distinct.SelectMany(page => page)];
    }

    public byte this[int codePoint] => _values[_pages[codePoint >> 8] << 8 | codePoint & 0xFF];
}
