namespace Bert.MLNet.Tasks;

/// <summary>
/// Determines whether positions in a file count UTF-16 code units, like .NET, or code points, like Python. If the two differ, the parts
/// of texts that are known decide; if none is known, the unit that does not split words.
/// </summary>
internal sealed class PositionUnits
{
    private long _right, _rightAsCodePoints, _whole, _wholeAsCodePoints;

    /// <summary>Whether positions count code points.</summary>
    public bool AreCodePoints => _right + _rightAsCodePoints > 0 ? _rightAsCodePoints > _right : _wholeAsCodePoints > _whole;

    /// <summary>The name of the units in messages.</summary>
    public string Name => AreCodePoints ? "code points" : "UTF-16 units";

    /// <summary>Adds the evidence of a part that is known to start at a position.</summary>
    public void Add(string text, long start, string part)
    {
        if (ToUtf16(text, start) is not { } other || other == start)
            return;
        _right += OccursAt(text, start, part) ? 1 : 0;
        _rightAsCodePoints += OccursAt(text, other, part) ? 1 : 0;
    }

    /// <summary>Adds the evidence of a part whose text is unknown.</summary>
    public void Add(string text, long start, long end)
    {
        if ((ToUtf16(text, start), ToUtf16(text, end)) is not ({ } otherStart, { } otherEnd) || (otherStart, otherEnd) == (start, end))
            return;
        _whole += IsWhole(text, start, end) ? 1 : 0;
        _wholeAsCodePoints += IsWhole(text, otherStart, otherEnd) ? 1 : 0;
    }

    /// <summary>Converts a position to UTF-16 code units. Returns null if the text is shorter.</summary>
    public int? Convert(string text, long place) =>
        AreCodePoints ? ToUtf16(text, place) : place >= 0 && place <= text.Length ? (int)place : null;

    /// <summary>Returns whether a part of a text starts at a position in UTF-16 code units.</summary>
    public static bool OccursAt(string text, long place, string part) =>
        place >= 0 && place <= text.Length && text.AsSpan((int)place).StartsWith(part, StringComparison.Ordinal);

    /// <summary>Returns whether a position is between the two UTF-16 code units of a character.</summary>
    public static bool SplitsCharacter(string text, int place) =>
        place > 0 && place < text.Length && char.IsSurrogatePair(text[place - 1], text[place]);

    private static int? ToUtf16(string text, long codePoints)
    {
        int place = 0;
        for (; codePoints > 0 && place < text.Length; codePoints--)
            place += char.IsSurrogatePair(text, place) ? 2 : 1;
        return codePoints == 0 ? place : null;
    }

    private static bool IsWhole(string text, long start, long end) =>
        start >= 0 && start < end && end <= text.Length && !Splits(text, (int)start) && !Splits(text, (int)end)
        && !char.IsWhiteSpace(text[(int)start]) && !char.IsWhiteSpace(text[(int)end - 1]);

    private static bool Splits(string text, int place) =>
        SplitsCharacter(text, place)
        || (place > 0 && place < text.Length && char.IsLetterOrDigit(text[place - 1]) && char.IsLetterOrDigit(text[place]));
}
