namespace Bert.MLNet.Tokenization;

/// <summary>Splits text by the matches of a pattern. Follows <c>NormalizedString::split</c> of HuggingFace's tokenizers.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Whether the parts between the matches are treated as the matches, and the matches as the rest.</param>
internal sealed class PatternSplit(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizerStep
{
    // Without this step, a text with a space can be one word.
    public override bool IsLocal => false;

    public override void Split(in NormalizedText text, int from, int to, ref WordList output)
    {
        ReadOnlySpan<char> word = text.Characters.AsSpan(from, to - from);
        int scan = 0, last = -1, done = 0, open = 0;
        bool isMatch = false; // whether the part that was added last is a match
        while (pattern.Next(word, ref scan, ref last, out int start, out int end))
        {
            if (done < start)
                Add(text, from, done, invert, ref open, ref isMatch, ref output);
            Add(text, from, start, !invert, ref open, ref isMatch, ref output);
            done = end;
        }
        if (done < word.Length)
            Add(text, from, done, invert, ref open, ref isMatch, ref output);
        Write(text, from, open, word.Length, isMatch, ref output);
    }

    // Appends a part to the open word, which starts at 'open', or ends that word and opens a new one.
    private void Add(in NormalizedText text, int from, int start, bool match, ref int open, ref bool isMatch, ref WordList output)
    {
        bool joins = start > 0 && behavior switch
        {
            SplitBehavior.Contiguous => match == isMatch,
            SplitBehavior.MergedWithPrevious => match && !isMatch,
            SplitBehavior.MergedWithNext => !match && isMatch,
            _ => false,
        };
        if (!joins)
        {
            Write(text, from, open, start, isMatch, ref output);
            open = start;
        }
        isMatch = match;
    }

    private void Write(in NormalizedText text, int from, int start, int end, bool isMatch, ref WordList output)
    {
        if (start == end || (isMatch && behavior == SplitBehavior.Removed))
            return;
        output.Text.Append(text, from + start, end - start);
        output.EndWord();
    }
}
