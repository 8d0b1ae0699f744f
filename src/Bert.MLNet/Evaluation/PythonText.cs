using System.Text;

namespace Bert.MLNet.Evaluation;

/// <summary>Splits and lowers text as Python's <c>str</c> does, on which the scripts of BLEU, chrF and ROUGE are built.</summary>
internal static class PythonText
{
    /// <summary>The parts between white space: <c>str.split()</c>.</summary>
    public static List<string> Words(string text)
    {
        var words = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !IsSpace(text[end]))
                end++;
            if (end > start)
                words.Add(text[start..end]);
            start = end + 1;
        }
        return words;
    }

    /// <summary>The text without white space at its end: <c>str.rstrip()</c>.</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>The text in lower case: <c>str.lower()</c>, which knows the final sigma and splits the dotted capital I.</summary>
    public static string Lower(string text)
    {
        string lower = text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);
        if (!lower.Contains('σ', StringComparison.Ordinal))
            return lower;
        // A sigma that was a capital is final if a letter precedes it and none follows.
        string original = text.Replace("\u0130", "i\u0307", StringComparison.Ordinal);
        var result = new StringBuilder(lower);
        for (int i = 0; i < result.Length; i++)
        {
            if (original[i] == 'Σ' && IsCased(original, i, -1) && !IsCased(original, i, 1))
                result[i] = 'ς';
        }
        return result.ToString();
    }

    /// <summary>The offsets at which code points begin, and the length of the text.</summary>
    public static int[] CodePoints(string text) =>
    [
        .. Enumerable.Range(0, text.Length).Where(i => i == 0 || !char.IsSurrogatePair(text[i - 1], text[i])), text.Length,
    ];

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    // Whether the next character in a direction that is not a mark or an apostrophe has a case.
    private static bool IsCased(string text, int index, int step)
    {
        int next = index + step;
        while (next >= 0 && next < text.Length && text[next] is '\'' or '.' or ':' or '’' or '·' or (>= '\u0300' and <= '\u036f'))
            next += step;
        return next >= 0 && next < text.Length && (char.IsUpper(text[next]) || char.IsLower(text[next]));
    }
}
