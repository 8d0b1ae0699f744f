namespace Bert.MLNet.Tasks;

/// <summary>A right answer.</summary>
/// <param name="Text">The answer, not empty.</param>
/// <param name="Index">Where the data say that it begins in the context.</param>
internal readonly record struct AnswerInText(string Text, int Index)
{
    /// <summary>
    /// Where it does begin, in UTF-16 units: at its index; else, as files count that were written with Python, so many code points after the
    /// beginning; else wherever it stands if that is one place. Null where this does not tell.
    /// </summary>
    public int? PlaceIn(string context)
    {
        if (StandsAt(context, Index))
            return Index;
        int codePoints = 0, place = 0;
        for (; place < context.Length && codePoints < Index; codePoints++)
            place += char.IsSurrogatePair(context, place) ? 2 : 1;
        if (codePoints == Index && StandsAt(context, place))
            return place;
        int first = context.IndexOf(Text, StringComparison.Ordinal);
        return first >= 0 && context.IndexOf(Text, first + 1, StringComparison.Ordinal) < 0 ? first : null;
    }

    private bool StandsAt(string context, int place) =>
        place >= 0 && place <= context.Length && context.AsSpan(place).StartsWith(Text, StringComparison.Ordinal);
}
