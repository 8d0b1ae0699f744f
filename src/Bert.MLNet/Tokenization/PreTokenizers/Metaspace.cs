namespace Bert.MLNet.Tokenization;

/// <summary>Replaces spaces with a mark, prepends a mark to the text, and starts a new word at each mark.</summary>
internal sealed class Metaspace(char mark, PrependScheme scheme, bool split) : PreTokenizerStep
{
    // A part starts with a space, so no mark is prepended to it.
    public override bool IsLocal => split;

    public override bool NeedsAlignment => scheme == PrependScheme.First;

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        bool marked = text.Characters[from] is var first && (first == ' ' || first == mark);
        if (!marked && (scheme == PrependScheme.Always || scheme == PrependScheme.First && text.StartOf(from) == 0))
            output.Text.Add(mark, text.StartOf(from), text.EndOf(from));
        if (!split)
        {
            int begin = output.Text.Length;
            output.Text.Append(text, from, to - from);
            output.Text.Characters.AsSpan(begin, to - from).Replace(' ', mark);
            output.EndWord();
            return;
        }
        while (from < to)
        {
            bool begins = text.Characters[from] is var c && (c == ' ' || c == mark);
            int rest = from + (begins ? 1 : 0), next = text.Characters.AsSpan(rest, to - rest).IndexOfAny(' ', mark);
            int length = (next < 0 ? to : rest + next) - from;
            int start = output.Text.Length;
            output.Text.Append(text, from, length);
            if (begins)
                output.Text.Characters[start] = mark;
            output.EndWord();
            from += length;
        }
    }
}
