namespace Bert.MLNet.Tokenization;

/// <summary>Replaces each occurrence of a string, or each run of a character.</summary>
/// <param name="pattern">The string to replace.</param>
/// <param name="extends">Whether a match includes further repetitions of the last character of the string.</param>
/// <param name="content">The replacement. Its source position is that of the last character of the match.</param>
internal sealed class Replace(string pattern, bool extends, string content) : NormalizerStep
{
    // A part of a text starts with its spaces.
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
