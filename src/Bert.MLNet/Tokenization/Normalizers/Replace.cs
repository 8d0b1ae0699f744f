namespace Bert.MLNet.Tokenization;

/// <summary>Replaces a text, or a run of a character, wherever it occurs.</summary>
/// <param name="pattern">The text.</param>
/// <param name="extends">Whether a match goes on as long as the last character of the text repeats.</param>
/// <param name="content">What stands in its place; it comes from where the last character of the match does.</param>
internal sealed class Replace(string pattern, bool extends, string content) : NormalizerStep
{
    // A part of a text begins with its blanks.
    public override bool IsLocal => pattern.AsSpan().TrimStart(' ').IndexOf(' ') < 0;

    public override void Apply(ref NormalizedText text)
    {
        int found = text.Span.IndexOf(pattern);
        if (found < 0)
            return;
        var result = new NormalizedText(text.Length + 16, text.Starts is not null) { Origin = text.Origin };
        int from = 0;
        while (found >= 0)
        {
            int match = from + found;
            result.Append(text, from, match - from);
            from = match + pattern.Length;
            while (extends && from < text.Length && text.Characters[from] == pattern[^1])
                from++;
            foreach (char c in content)
                result.Add(c, text.StartOf(from - 1), text.EndOf(from - 1));
            found = text.Span[from..].IndexOf(pattern);
        }
        result.Append(text, from, text.Length - from);
        text.Dispose();
        text = result;
    }
}
