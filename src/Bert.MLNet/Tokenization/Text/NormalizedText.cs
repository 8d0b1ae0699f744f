using System.Buffers;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Stores normalized text in arrays from the shared pool. If alignment is tracked, <c>Starts[i]..Ends[i]</c> is the source of character
/// <c>i</c>: a range of the original text, in UTF-16 units.
/// </summary>
internal struct NormalizedText : IDisposable
{
    private static readonly SearchValues<char> s_surrogates =
        SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    public char[] Characters;
    public int[]? Starts;
    public int[]? Ends;
    public int Length;

    /// <summary>The start of this text in the original text.</summary>
    public int Origin;

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

    /// <summary>
    /// Returns the start of the source of character <paramref name="i"/> in the original text; 0 if alignment is not tracked.
    /// </summary>
    public readonly int StartOf(int i) => Starts is null ? 0 : Starts[i];

    /// <summary>Returns the end of the source of character <paramref name="i"/>.</summary>
    public readonly int EndOf(int i) => Ends is null ? 0 : Ends[i];

    /// <summary>Copies a text unchanged, except for unpaired surrogates, which become U+FFFD.</summary>
    /// <param name="text">The text to copy.</param>
    /// <param name="origin">The start of the text in the original text.</param>
    public void Assign(ReadOnlySpan<char> text, int origin)
    {
        (Origin, Length) = (origin, 0);
        Reserve(text.Length);
        text.CopyTo(Characters);
        Length = text.Length;
        for (int i = 0; Starts is not null && i < text.Length; i++)
        {
            Starts[i] = origin + i;
            Ends![i] = origin + i + 1;
        }
        for (int at = 0; text[at..].IndexOfAny(s_surrogates) is var skipped and >= 0;)
        {
            at += skipped;
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
            {
                if (Starts is not null)
                    (Starts[at + 1], Ends![at]) = (origin + at, origin + at + 2);
                at += 2;
            }
            else
            {
                Characters[at++] = '\uFFFD';
            }
        }
    }

    /// <summary>Appends a part of another text.</summary>
    public void Append(in NormalizedText text, int start, int length)
    {
        Reserve(Length + length);
        text.Characters.AsSpan(start, length).CopyTo(Characters.AsSpan(Length));
        if (Starts is not null)
        {
            text.Starts.AsSpan(start, length).CopyTo(Starts.AsSpan(Length));
            text.Ends.AsSpan(start, length).CopyTo(Ends.AsSpan(Length));
        }
        Length += length;
    }

    /// <summary>Replaces one character.</summary>
    public readonly void Move(int from, int to)
    {
        Characters[to] = Characters[from];
        if (Starts is not null)
            (Starts[to], Ends![to]) = (Starts[from], Ends[from]);
    }

    /// <summary>Removes everything except a part of the text.</summary>
    public void Keep(int start, int length)
    {
        if (start > 0)
        {
            Characters.AsSpan(start, length).CopyTo(Characters);
            Starts?.AsSpan(start, length).CopyTo(Starts);
            Ends?.AsSpan(start, length).CopyTo(Ends);
        }
        Length = length;
    }

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

    private void Grow() => Reserve(Characters.Length * 2);

    private void Reserve(int capacity)
    {
        if (capacity <= Characters.Length)
            return;
        var larger = new NormalizedText(Math.Max(capacity, 16), Starts is not null) { Length = Length, Origin = Origin };
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
