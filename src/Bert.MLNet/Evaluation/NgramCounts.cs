namespace Bert.MLNet.Evaluation;

/// <summary>Counts sequences of n tokens.</summary>
internal static class NgramCounts
{
    /// <summary>Counts the sequences of <paramref name="n"/> tokens; tokens do not contain spaces.</summary>
    public static Dictionary<string, int> OfTokens(IReadOnlyList<string> tokens, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var window = new string[n];
        for (int start = 0; start + n <= tokens.Count; start++)
        {
            for (int i = 0; i < n; i++)
                window[i] = tokens[start + i];
            Add(counts, n == 1 ? window[0] : string.Join(' ', window));
        }
        return counts;
    }

    /// <summary>Counts the sequences of <paramref name="n"/> code points.</summary>
    /// <param name="text">The text.</param>
    /// <param name="offsets">The offsets of its code points, as <see cref="PythonText.CodePoints"/> returns them.</param>
    /// <param name="n">The number of code points.</param>
    public static Dictionary<string, int> OfCharacters(string text, int[] offsets, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int start = 0; start + n < offsets.Length; start++)
            Add(counts, text[offsets[start]..offsets[start + n]]);
        return counts;
    }

    /// <summary>The number of sequences that two texts share.</summary>
    public static int Common(Dictionary<string, int> one, Dictionary<string, int> other) =>
        one.Sum(pair => Math.Min(pair.Value, other.GetValueOrDefault(pair.Key)));

    private static void Add(Dictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
