namespace Bert.MLNet.Tasks;

/// <summary>A correct answer.</summary>
/// <param name="Text">The answer, not empty.</param>
/// <param name="Index">The start of the answer in the context, as given in the data.</param>
internal readonly record struct AnswerInText(string Text, int Index)
{
    /// <summary>
    /// Finds the start of the answer in UTF-16 code units, or returns null. It is looked up at its index, then at the index in
    /// code points, as in files written with Python, and then at its only occurrence.
    /// </summary>
    public int? FindIn(string context)
    {
        if (OccursAt(context, Index))
            return Index;
        int codePoints = 0, place = 0;
        for (; place < context.Length && codePoints < Index; codePoints++)
            place += char.IsSurrogatePair(context, place) ? 2 : 1;
        if (codePoints == Index && OccursAt(context, place))
            return place;
        int first = context.IndexOf(Text, StringComparison.Ordinal);
        return first >= 0 && context.IndexOf(Text, first + 1, StringComparison.Ordinal) < 0 ? first : null;
    }

    private bool OccursAt(string context, int place) =>
        place >= 0 && place <= context.Length && context.AsSpan(place).StartsWith(Text, StringComparison.Ordinal);
}
