namespace Bert.MLNet.Tokenization;

/// <summary>The character tables of NFKD, NFC and StripAccents, read once from <c>CompatibilityTables.txt</c>.</summary>
internal static class CompatibilityTables
{
    private static readonly UnicodeTableFile s_file = new("CompatibilityTables");
    private static readonly Dictionary<int, int[]> s_decompositions =
        s_file.Maps("compatibility").ToDictionary(map => map.CodePoint, map => map.Others);
    private static readonly CodePointTable s_accents = new(s_file.Ranges("accent").Select(range => (range.First, range.Last, (byte)1)));
    private static readonly Dictionary<(int, int), int> s_compositions = Compositions();

    /// <summary>Returns whether StripAccents removes the code point.</summary>
    public static bool IsAccent(int codePoint) => s_accents[codePoint] != 0;

    /// <summary>Returns the full compatibility decomposition (NFKD) of one code point, before reordering.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <param name="room">A buffer for up to three parts, used if the parts are not stored in a table.</param>
    public static ReadOnlySpan<int> Decompose(int codePoint, Span<int> room) =>
        s_decompositions.TryGetValue(codePoint, out int[]? parts) ? parts : UnicodeTables.Decompose(codePoint, room);

    /// <summary>Returns the composition of two code points, or -1 if they have none.</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= 0x1100 and < 0x1113 && second is >= 0x1161 and < 0x1176)
            return 0xAC00 + (first - 0x1100) * 588 + (second - 0x1161) * 28;
        if (UnicodeTables.IsHangulSyllable(first) && (first - 0xAC00) % 28 == 0 && second is > 0x11A7 and < 0x11C3)
            return first + second - 0x11A7;
        return s_compositions.GetValueOrDefault((first, second), -1);
    }

    /// <summary>Returns whether the code point can be the last part of a composition.</summary>
    public static IEnumerable<int> Seconds =>
        s_compositions.Keys.Select(pair => pair.Item2).Concat(Enumerable.Range(0x1161, 21)).Concat(Enumerable.Range(0x11A8, 27)).Distinct();

    // The full decomposition of a code point is that of its first part, followed by the second part.
    private static Dictionary<(int, int), int> Compositions()
    {
        HashSet<int> excluded = [
            .. s_file.Ranges("excluded").SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))];
        (int CodePoint, int[] Parts)[] several =
            [.. UnicodeTables.Decompositions.Where(map => map.Parts.Length > 1 && !excluded.Contains(map.CodePoint))];
        Dictionary<string, int> wholes = several.ToDictionary(map => Key(map.Parts), map => map.CodePoint);
        return several.ToDictionary(
            map => (map.Parts.Length == 2 ? map.Parts[0] : wholes[Key(map.Parts.AsSpan(0, map.Parts.Length - 1))], map.Parts[^1]),
            map => map.CodePoint);

        static string Key(ReadOnlySpan<int> parts) => string.Concat(parts.ToArray().Select(char.ConvertFromUtf32));
    }
}
