namespace Bert.MLNet.Tokenization;

/// <summary>Applies canonical decomposition (NFD) in the same way as HuggingFace's tokenizers, including the source of each part.</summary>
internal static class CanonicalDecomposition
{
    /// <param name="CodePoint">The code point of the part.</param>
    /// <param name="Class">Its combining class.</param>
    /// <param name="IsFirst">Whether it is the first part of a source code point.</param>
    private readonly record struct Part(int CodePoint, byte Class, bool IsFirst);

    /// <summary>Returns the parts in canonical order, each with the index of its source.</summary>
    /// <remarks>
    /// Sources are assigned by position, as in the Rust code: after reordering, the n-th first part is assigned the n-th source, whichever
    /// mark is now at that position.
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

    // Each run of characters with a combining class is sorted by that class. The sort is stable.
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
