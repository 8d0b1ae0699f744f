namespace Bert.MLNet.Tasks;

/// <summary>
/// Finds out whether places in the texts of a file count UTF-16 units, as .NET does, or code points, as Python does. Where the two differ,
/// the
/// parts of texts that are known decide; where none is known, the count that leaves words whole.
/// </summary>
internal sealed class PlaceUnits
{
    private long _right, _rightAsCodePoints, _whole, _wholeAsCodePoints;

    /// <summary>Whether places are code points.</summary>
    public bool AreCodePoints => _right + _rightAsCodePoints > 0 ? _rightAsCodePoints > _right : _wholeAsCodePoints > _whole;

    /// <summary>What messages call the units.</summary>
    public string Name => AreCodePoints ? "code points" : "UTF-16 units";

    /// <summary>Learns from a part that is known to begin at a place.</summary>
    public void Add(string text, long start, string part)
    {
        if (ToUtf16(text, start) is not { } other || other == start)
            return;
        _right += StandsAt(text, start, part) ? 1 : 0;
        _rightAsCodePoints += StandsAt(text, other, part) ? 1 : 0;
    }

    /// <summary>Learns from a part that is not known.</summary>
    public void Add(string text, long start, long end)
    {
        if ((ToUtf16(text, start), ToUtf16(text, end)) is not ({ } otherStart, { } otherEnd) || (otherStart, otherEnd) == (start, end))
            return;
        _whole += IsWhole(text, start, end) ? 1 : 0;
        _wholeAsCodePoints += IsWhole(text, otherStart, otherEnd) ? 1 : 0;
    }

    /// <summary>A place as UTF-16 units; null where the text is shorter.</summary>
    public int? Convert(string text, long place) =>
        AreCodePoints ? ToUtf16(text, place) : place >= 0 && place <= text.Length ? (int)place : null;

    /// <summary>Whether a part of a text begins at a place in UTF-16 units.</summary>
    public static bool StandsAt(string text, long place, string part) =>
        place >= 0 && place <= text.Length && text.AsSpan((int)place).StartsWith(part, StringComparison.Ordinal);

    /// <summary>Whether a place is between two UTF-16 units of one character.</summary>
    public static bool CutsCharacter(string text, int place) =>
        place > 0 && place < text.Length && char.IsSurrogatePair(text[place - 1], text[place]);

    private static int? ToUtf16(string text, long codePoints)
    {
        int place = 0;
        for (; codePoints > 0 && place < text.Length; codePoints--)
            place += char.IsSurrogatePair(text, place) ? 2 : 1;
        return codePoints == 0 ? place : null;
    }

    private static bool IsWhole(string text, long start, long end) =>
        start >= 0 && start < end && end <= text.Length && !Cuts(text, (int)start) && !Cuts(text, (int)end)
        && !char.IsWhiteSpace(text[(int)start]) && !char.IsWhiteSpace(text[(int)end - 1]);

    private static bool Cuts(string text, int place) =>
        CutsCharacter(text, place)
        || (place > 0 && place < text.Length && char.IsLetterOrDigit(text[place - 1]) && char.IsLetterOrDigit(text[place]));
}
