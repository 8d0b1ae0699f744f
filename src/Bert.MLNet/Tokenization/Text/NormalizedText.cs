using System.Buffers;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Text after normalisation, in arrays from the shared pool. When alignment is tracked, <c>Starts[i]..Ends[i]</c> is the part
/// of the original text, in UTF-16 units, that character <c>i</c> comes from.
/// </summary>
internal struct NormalizedText : IDisposable
{
    public char[] Characters;
    public int[]? Starts;
    public int[]? Ends;
    public int Length;

    public NormalizedText(int capacity, bool aligned)
    {
        Characters = ArrayPool<char>.Shared.Rent(capacity);
        if (aligned)
        {
            Starts = ArrayPool<int>.Shared.Rent(Characters.Length);
            Ends = ArrayPool<int>.Shared.Rent(Characters.Length);
        }
    }

    public readonly ReadOnlySpan<char> Span => Characters.AsSpan(0, Length);

    /// <summary>Where the part of the original text that character <paramref name="i"/> comes from begins; 0 when not tracked.</summary>
    public readonly int StartOf(int i) => Starts is null ? 0 : Starts[i];

    /// <summary>Where it ends.</summary>
    public readonly int EndOf(int i) => Ends is null ? 0 : Ends[i];

    public void Add(char character, int start, int end)
    {
        if (Length == Characters.Length)
            Grow();
        Characters[Length] = character;
        if (Starts is not null)
        {
            Starts[Length] = start;
            Ends![Length] = end;
        }
        Length++;
    }

    public void AddCodePoint(int codePoint, int start, int end)
    {
        if (codePoint < 0x10000)
        {
            Add((char)codePoint, start, end);
            return;
        }
        Add((char)(0xD800 + (codePoint - 0x10000 >> 10)), start, end);
        Add((char)(0xDC00 + (codePoint & 0x3FF)), start, end);
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(Characters);
        if (Starts is not null)
        {
            ArrayPool<int>.Shared.Return(Starts);
            ArrayPool<int>.Shared.Return(Ends!);
        }
        this = default;
    }

    private void Grow()
    {
        var larger = new NormalizedText(Characters.Length * 2, Starts is not null) { Length = Length };
        Span.CopyTo(larger.Characters);
        if (Starts is not null)
        {
            Starts.AsSpan(0, Length).CopyTo(larger.Starts);
            Ends.AsSpan(0, Length).CopyTo(larger.Ends);
        }
        Dispose();
        this = larger;
    }
}
