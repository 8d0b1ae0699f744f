namespace Bert.MLNet.Tokenization;

/// <summary>Canonical decomposition (NFD) of a text as HuggingFace's tokenizers do it, with what they say each part comes from.</summary>
internal static class CanonicalDecomposition
{
    /// <param name="CodePoint">The part.</param>
    /// <param name="Class">Its combining class.</param>
    /// <param name="IsFirst">Whether it stands for a source code point, or is a further part of one.</param>
    private readonly record struct Part(int CodePoint, byte Class, bool IsFirst);

    /// <summary>The parts in canonical order, each with the index of its source.</summary>
    /// <remarks>
    /// Sources go by position, as in the Rust code: the n-th first part, after reordering, is given the n-th source, whichever mark now
    /// stands there.
    /// </remarks>
    public static IEnumerable<(int CodePoint, int Source)> Decompose(IEnumerable<int> codePoints)
    {
        var parts = new List<Part>();
        foreach (int codePoint in codePoints)
        {
            bool isFirst = true;
            foreach (int part in UnicodeTables.Decompose(codePoint))
            {
                parts.Add(new Part(part, UnicodeTables.CombiningClass(part), isFirst));
                isFirst = false;
            }
        }
        SortMarks(parts);

        int source = -1;
        foreach (Part part in parts)
        {
            if (part.IsFirst)
                source++;
            yield return (part.CodePoint, Math.Max(source, 0));
        }
    }

    // Each run of characters with a combining class is sorted by it, equal ones staying in order.
    private static void SortMarks(List<Part> parts)
    {
        for (int start = 0; start < parts.Count; start++)
        {
            int end = start;
            while (end < parts.Count && parts[end].Class != 0)
                end++;
            if (end - start > 1)
            {
                Part[] sorted = [.. parts[start..end].OrderBy(part => part.Class)];
                for (int i = 0; i < sorted.Length; i++)
                    parts[start + i] = sorted[i];
            }
            start = end;
        }
    }
}
