namespace Bert.MLNet.Tokenization;

/// <summary>Replaces each match of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="content">The replacement. Its source position is that of the last character of the match.</param>
internal sealed class ReplaceMatches(TextPattern pattern, string content) : NormalizerStep
{
    public override bool IsLocal => false;

    public override void Apply(ref NormalizedText text)
    {
        ReadOnlySpan<char> characters = text.Span;
        int scan = 0, last = -1, done = 0;
        if (!pattern.Next(characters, ref scan, ref last, out int start, out int end))
            return;
        var result = new NormalizedText(text.Length + 16, text.Starts is not null) { Origin = text.Origin };
        do
        {
            result.Append(text, done, start - done);
            // An empty match at the start of the text has no source.
            (int from, int to) = end == 0 ? (text.Origin, text.Origin) : (text.StartOf(end - 1), text.EndOf(end - 1));
            foreach (char c in content)
                result.Add(c, from, to);
            done = end;
        }
        while (pattern.Next(characters, ref scan, ref last, out start, out end));
        result.Append(text, done, text.Length - done);
        text.Dispose();
        text = result;
    }
}
