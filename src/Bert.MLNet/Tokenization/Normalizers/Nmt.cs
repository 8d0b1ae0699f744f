using System.Buffers;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Removes control characters and converts other kinds of white space, and some invisible characters, to spaces, as SentencePiece does for
/// machine translation.
/// </summary>
internal sealed class Nmt : NormalizerStep
{
    private static readonly SearchValues<char> s_removed = SearchValues.Create(
        [.. Range('\u0001', '\u0008'), '\u000B', .. Range('\u000E', '\u001F'), '\u007F', '\u008F', '\u009F']);

    private static readonly SearchValues<char> s_spaces = SearchValues.Create(
        ['\t', '\n', '\f', '\r', '\u1680', .. Range('\u200B', '\u200F'), '\u2028', '\u2029', '\u2581', '\uFEFF', '\uFFFD']);

    public static Nmt Instance { get; } = new();

    public override void Apply(ref NormalizedText text)
    {
        Span<char> characters = text.Characters.AsSpan(0, text.Length);
        for (int at = 0, found; (found = characters[at..].IndexOfAny(s_spaces)) >= 0; at += found + 1)
            characters[at + found] = ' ';
        int kept = characters.IndexOfAny(s_removed);
        if (kept < 0)
            return;
        for (int i = kept; i < text.Length; i++)
        {
            if (!s_removed.Contains(characters[i]))
                text.Move(i, kept++);
        }
        text.Length = kept;
    }

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
