namespace Bert.MLNet.Tokenization;

/// <summary>A set of code points, which never contains surrogates. Immutable and thread-safe.</summary>
internal sealed class CodePointSet
{
    private const int LastCodePoint = 0x10FFFF, FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF;

    private readonly (int First, int Last)[] _ranges; // in ascending order, with gaps between them

    /// <param name="ranges">The first and last code points of ranges, in any order. Ranges can overlap, and contain surrogates.</param>
    public CodePointSet(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(last, merged[^1].Last));
            else
                merged.Add((first, last));
        }
        _ranges = [.. merged];
    }

    /// <summary>The set of all code points.</summary>
    public static CodePointSet All { get; } = new((0, LastCodePoint));

    /// <summary>The ranges of the set in ascending order, including both ends.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges => _ranges;

    public static CodePointSet Of(int codePoint) => new((codePoint, codePoint));

    public CodePointSet Union(CodePointSet other) => new(_ranges.Concat(other._ranges));

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    /// <summary>Returns the set of all other code points.</summary>
    public CodePointSet Complement()
    {
        var gaps = new List<(int, int)>(_ranges.Length + 1);
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            gaps.Add((next, first - 1));
            next = last + 1;
        }
        gaps.Add((next, LastCodePoint));
        return new CodePointSet(gaps);
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First <= Math.Min(range.Last, FirstSurrogate - 1))
            yield return (range.First, Math.Min(range.Last, FirstSurrogate - 1));
        if (Math.Max(range.First, LastSurrogate + 1) <= range.Last)
            yield return (Math.Max(range.First, LastSurrogate + 1), range.Last);
    }
}
